//! Network, key pair and security groups: who reaches the instance, and how.

use leptos::prelude::*;
use openstack::network::SecurityGroup;

use super::attach::{self, NetworkChoice};
use super::fields::Fields;
use super::form::Part;
use super::groups;
use super::supply::{Networks, Supply, value, waiting};
use crate::text::{tr, tr_with};
use crate::ui::{
    Button, Choice, Copyable, Field, Glyph, Icon, Note, Section, Select, Tone, unique_id,
};

/// The section.
#[component]
pub fn NetworkSection(
    /// What the cloud offers.
    supply: Supply,
    /// The form.
    fields: Fields,
) -> impl IntoView {
    let connected = Memo::new(move |_| {
        NetworkChoice::parse(&fields.network.read()) != Some(NetworkChoice::None)
    });
    view! {
        <Section title=tr("Network and access")>
            <div class="pair">
                <div class="stack">
                    {waiting(supply.networks, 2, move || view! { <NetworkField supply=supply fields=fields /> }.into_any())}
                    {waiting(supply.keys, 2, move || view! { <KeyField supply=supply fields=fields /> }.into_any())}
                </div>
                <Show
                    when=move || connected.get()
                    fallback=|| view! {
                        <p class="small muted">{tr("Without a network no security group applies; its console is the only way in.")}</p>
                    }
                >
                    {waiting(supply.groups, 3, move || view! { <GroupFields supply=supply fields=fields /> }.into_any())}
                </Show>
            </div>
        </Section>
    }
}

#[component]
fn NetworkField(supply: Supply, fields: Fields) -> impl IntoView {
    let known =
        Memo::new(move |_| value(supply.networks).map(|known| options(&known)).unwrap_or_default());
    if fields.network.read_untracked().is_empty() {
        let first = untrack(|| value(supply.networks))
            .map(|known| attach::default_network(&known.networks));
        fields.network.set(first.map(|choice| choice.value().to_owned()).unwrap_or_default());
    }
    let hint = Signal::derive(move || match NetworkChoice::parse(&fields.network.read()) {
        Some(NetworkChoice::Auto) => Some(
            tr("The only network there is, or a new one that the cloud makes with a way out.")
                .to_owned(),
        ),
        Some(NetworkChoice::None) => Some(tr("It gets no address.").to_owned()),
        _ => None,
    });
    view! {
        <Field label=tr("Network") hint=hint error=fields.error(Part::Network) id=Part::Network.anchor()>
            <Select value=fields.network options=Signal::derive(move || known.get()) />
        </Field>
    }
}

fn options(known: &Networks) -> Vec<Choice> {
    let mut all: Vec<Choice> = known
        .networks
        .iter()
        .map(|network| {
            let label = attach::network_label(network, &known.subnets);
            choice(network.id.as_str(), &label, attach::network_reason(network))
        })
        .collect();
    all.push(choice(
        NetworkChoice::Auto.value(),
        tr("Let the cloud choose"),
        attach::auto_reason(&known.networks),
    ));
    all.push(choice(NetworkChoice::None.value(), tr("None"), None));
    all
}

fn choice(value: &str, label: &str, reason: Option<&str>) -> Choice {
    match reason {
        Some(reason) => {
            Choice { disabled: true, ..Choice::new(value, format!("{label} ({reason})")) }
        }
        None => Choice::new(value, label),
    }
}

#[component]
fn KeyField(supply: Supply, fields: Fields) -> impl IntoView {
    let keys = Memo::new(move |_| value(supply.keys).unwrap_or_default());
    if fields.key.read_untracked().is_empty() && !untrack(|| fields.is_windows()) {
        let first = keys.with_untracked(|keys| keys.first().map(|key| key.name.clone()));
        fields.key.set(first.unwrap_or_default());
    }
    let options = Signal::derive(move || {
        let of_key = |key: openstack::compute::Keypair| {
            let label = match key.public_key.as_deref().and_then(algorithm) {
                Some(algorithm) => format!("{} · {algorithm}", key.name),
                None => key.name.clone(),
            };
            Choice::new(key.name, label)
        };
        keys.get()
            .into_iter()
            .map(of_key)
            .chain([Choice::new("", tr("No key pair"))])
            .collect::<Vec<_>>()
    });
    let warning = Signal::derive(move || {
        if !fields.key.read().is_empty() || fields.is_windows() {
            None
        } else if keys.read().is_empty() {
            Some(tr("You have no key pair in this cloud. Without one only a password that the image has itself lets you in.").to_owned())
        } else {
            Some(
                tr("Without a key pair only a password that the image has itself lets you in.")
                    .to_owned(),
            )
        }
    });
    let hint = Signal::derive(move || {
        fields
            .is_windows()
            .then(|| tr("Windows takes no SSH key; its password is set on the console.").to_owned())
    });
    view! {
        <Field label=tr("Key pair") hint=hint warning=warning error=fields.error(Part::Key) id=Part::Key.anchor()>
            <Select value=fields.key options=options />
        </Field>
    }
}

/// "ed25519" of "ssh-ed25519 AAAA… comment".
fn algorithm(public_key: &str) -> Option<&str> {
    let kind = public_key.split_whitespace().next()?;
    let kind = kind.strip_prefix("ssh-").or_else(|| kind.strip_prefix("ecdsa-sha2-"))?;
    (!kind.is_empty()).then_some(kind)
}

#[component]
fn GroupFields(supply: Supply, fields: Fields) -> impl IntoView {
    let all = Memo::new(move |_| value(supply.groups).unwrap_or_default());
    if fields.groups.read_untracked().is_empty() {
        fields.groups.set(all.with_untracked(|all| attach::default_groups(all)));
    }
    let error = fields.error(Part::Groups);
    let none_chosen = Memo::new(move |_| fields.groups.with(Vec::is_empty));
    view! {
        <fieldset class="fieldset" id=Part::Groups.anchor() tabindex="-1">
            <legend class="fieldset__legend">{tr("Security groups")}</legend>
            <div class="stack stack--tight">
                <For each=move || all.get() key=|group| group.id.clone() let:group>
                    <GroupCheck group=group all=all fields=fields />
                </For>
                <Show when=move || none_chosen.get()>
                    <p class="field__hint">{tr("None chosen: the cloud puts it into ")} <strong>"default"</strong> "."</p>
                </Show>
                {move || error.get().map(|words| view! {
                    <p class="field__message"><Icon glyph=Glyph::Warn small=true /><span>{words}</span></p>
                })}
            </div>
            <NoWayIn all=all fields=fields />
        </fieldset>
    }
}

#[component]
fn GroupCheck(
    group: SecurityGroup,
    all: Memo<Vec<SecurityGroup>>,
    fields: Fields,
) -> impl IntoView {
    let id = group.id.clone();
    let hint_id = unique_id("group");
    let summary = {
        let id = id.clone();
        Memo::new(move |_| {
            all.with(|all| {
                all.iter()
                    .find(|group| group.id == id)
                    .map(|group| groups::summary(group, all))
                    .unwrap_or_default()
            })
        })
    };
    let checked = {
        let id = id.clone();
        move || fields.groups.with(|chosen| chosen.contains(&id))
    };
    let toggle = move |on: bool| {
        fields.groups.update(|chosen| {
            chosen.retain(|other| *other != id);
            if on {
                chosen.push(id.clone());
            }
        });
    };
    view! {
        <label class="check">
            <input
                type="checkbox"
                aria-describedby=hint_id.clone()
                prop:checked=checked
                on:change:target=move |event| toggle(event.target().checked())
            />
            <span>
                {group.name}
                <span class="check__hint" id=hint_id>{move || summary.get()}</span>
            </span>
        </label>
    }
}

/// A warning when no chosen group lets anybody log in, with the group that would.
#[component]
fn NoWayIn(all: Memo<Vec<SecurityGroup>>, fields: Fields) -> impl IntoView {
    let port = move || if fields.is_windows() { 3389 } else { 22 };
    let closed = Memo::new(move |_| {
        let chosen = fields.groups.get();
        all.with(|all| {
            !all.iter().any(|group| chosen.contains(&group.id) && groups::lets_in(group, port()))
        })
    });
    let helper = Memo::new(move |_| {
        all.with(|all| {
            all.iter()
                .find(|group| groups::lets_in(group, port()))
                .map(|group| (group.id.clone(), group.name.clone()))
        })
    });
    move || {
        closed.get().then(|| {
            let (way, port) = (if fields.is_windows() { "Remote Desktop" } else { "SSH" }, port());
            let title = tr_with("You will not reach it by {way}", &[("way", &way)]);
            match helper.get() {
                Some((id, name)) => view! {
                    <Note tone=Tone::Warn title=title text=tr_with("No chosen group lets TCP {port} in.", &[("port", &port)])>
                        <Button
                            small=true
                            on_press=move |_| fields.groups.update(|chosen| chosen.push(id.clone()))
                        >
                            {tr_with("Add {name}", &[("name", &name)])}
                        </Button>
                    </Note>
                }
                .into_any(),
                None => view! {
                    <Note
                        tone=Tone::Warn
                        title=title
                        text=tr_with("No group of this project lets TCP {port} in. This makes one of them do so:", &[("port", &port)])
                    >
                        <Copyable
                            text=format!("openstack security group rule create --dst-port {port} default")
                            what=tr("command")
                        />
                    </Note>
                }
                .into_any(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::algorithm;

    #[test]
    fn the_kind_of_a_key() {
        assert_eq!(algorithm("ssh-ed25519 AAAAC3 demo"), Some("ed25519"));
        assert_eq!(algorithm("ecdsa-sha2-nistp256 AAAA"), Some("nistp256"));
        assert_eq!(algorithm("-----BEGIN CERTIFICATE-----"), None);
        assert_eq!(algorithm(""), None);
    }
}
