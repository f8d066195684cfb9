//! Networks, in the order of the instance's network cards.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::access::{KeyField, PasswordField};
use super::attach::{self, NetworkChoice};
use super::fields::{Fields, Nic};
use super::form::Part;
use super::security::GroupFields;
use super::supply::{Networks, Supply, value, waiting};
use crate::text::{tr, tr_with};
use crate::ui::{Button, ButtonKind, Choice, Field, Glyph, Icon, Section, Select};

/// The section: networks, who reaches the instance over them, and how.
#[component]
pub fn NetworkSection(
    /// What the cloud offers.
    supply: Supply,
    /// The form.
    fields: Fields,
    /// Opens the dialog that makes a key pair.
    generate: RwSignal<bool>,
    /// Opens the dialog that takes one over.
    import: RwSignal<bool>,
) -> impl IntoView {
    let connected = Memo::new(move |_| first_value(fields) != NetworkChoice::NONE);
    view! {
        <Section title=tr("Network and access")>
            <div class="pair">
                <div class="stack">
                    {waiting(supply.networks, 2, move || view! { <NetworkFields supply=supply fields=fields /> }.into_any())}
                    {waiting(supply.keys, 2, move || view! {
                        <KeyField supply=supply fields=fields generate=generate import=import />
                    }.into_any())}
                    <PasswordField fields=fields />
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

fn first_value(fields: Fields) -> String {
    fields.nics.read().first().map(|nic| nic.value.get()).unwrap_or_default()
}

#[component]
fn NetworkFields(supply: Supply, fields: Fields) -> impl IntoView {
    let known = Memo::new(move |_| value(supply.networks).map(Known));
    known.with_untracked(|known| {
        let Some(Known(known)) = known else { return };
        let default = attach::default_network(&known.networks);
        let id_of = |name: &str| {
            let mut named = known.networks.iter().filter(|network| network.name == name);
            let id = named.next().map(|network| network.id.to_string());
            // Of two with one name the link means neither for sure.
            id.filter(|_| named.next().is_none())
        };
        fields.begin(Part::Network, &[default], id_of);
        if fields.nics.read_untracked().is_empty() {
            fields.add_nic(String::new());
        }
    });
    // A word in the first select makes the others idle; they come back with their values when it goes.
    let shown = Memo::new(move |_| {
        let nics = fields.nics.get();
        let several = nics.first().is_some_and(|nic| !attach::is_word(&nic.value.read()));
        if several { nics } else { nics.into_iter().take(1).collect() }
    });
    let may_add = Memo::new(move |_| {
        let usable = known.with(|known| {
            known.as_ref().map_or(0, |Known(known)| {
                known.networks.iter().filter(|one| attach::network_reason(one).is_none()).count()
            })
        });
        let chosen = !first_value(fields).is_empty() && !attach::is_word(&first_value(fields));
        chosen && shown.read().len() < usable
    });
    let moved = RwSignal::new(String::new());
    let add = move |_| {
        let taken: Vec<String> =
            shown.read_untracked().iter().map(|nic| nic.value.get_untracked()).collect();
        let next = known.with_untracked(|known| {
            let Known(known) = known.as_ref()?;
            known
                .networks
                .iter()
                .filter(|one| attach::network_reason(one).is_none())
                .map(|one| one.id.to_string())
                .find(|id| !taken.contains(id))
        });
        let id = fields.add_nic(next.unwrap_or_default());
        focus_soon(move || anchor(id));
    };
    view! {
        <div class="stack stack--tight" id=Part::Network.anchor()>
            <For each=move || shown.get() key=|nic| nic.id let:nic>
                <NicRow nic=nic known=known shown=shown fields=fields moved=moved />
            </For>
            <Show when=move || may_add.get()>
                <div class="row">
                    <Button small=true icon=Glyph::Plus on_press=add>{tr("Add a network")}</Button>
                </div>
            </Show>
            <span class="visually-hidden" role="status">{move || moved.get()}</span>
        </div>
    }
}

/// What is known of the networks, for a memo to compare.
#[derive(Clone)]
struct Known(Networks);

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        self.0.networks == other.0.networks && self.0.subnets == other.0.subnets
    }
}

fn anchor(id: u32) -> String {
    format!("{}-{id}", Part::Network.anchor())
}

#[component]
fn NicRow(
    nic: Nic,
    known: Memo<Option<Known>>,
    shown: Memo<Vec<Nic>>,
    fields: Fields,
    moved: RwSignal<String>,
) -> impl IntoView {
    let at = Memo::new(move |_| {
        shown.read().iter().position(|other| other.id == nic.id).unwrap_or_default()
    });
    let several = Memo::new(move |_| shown.read().len() > 1);
    let label = Signal::derive(move || match several.get() {
        false => tr("Network").to_owned(),
        true => tr_with("Network {number}", &[("number", &(at.get() + 1))]),
    });
    let options = Signal::derive(move || {
        let alone = !several.get() && at.get() == 0;
        let asked = nic.value.get_untracked();
        known
            .with(|known| known.as_ref().map(|Known(known)| options(known, alone, &asked)))
            .unwrap_or_default()
    });
    let hint = Signal::derive(move || match nic.value.read().as_str() {
        NetworkChoice::AUTO => Some(
            tr("The only network there is, or a new one that the cloud makes with a way out.")
                .to_owned(),
        ),
        NetworkChoice::NONE => Some(tr("It gets no address.").to_owned()),
        _ if several.get() && at.get() == 0 => {
            Some(tr("The first network card: usually the one with the way out.").to_owned())
        }
        _ => None,
    });
    let error = fields.error_at_once(Part::Network);
    let own_error = Signal::derive(move || error.get().filter(|_| at.get() == 0));
    let name = move || {
        let value = nic.value.get();
        known
            .with(|known| {
                let Known(known) = known.as_ref()?;
                let one = known.networks.iter().find(|one| one.id.as_str() == value)?;
                Some(attach::network_name(one))
            })
            .unwrap_or(value)
    };
    let shift = move |up: bool| {
        let from = at.get_untracked();
        let to = if up { from.saturating_sub(1) } else { from + 1 };
        fields.nics.update(|nics| {
            if to < nics.len() {
                nics.swap(from, to);
            }
        });
        let told = tr_with(
            "{name} is network {number} now.",
            &[("name", &untrack(name)), ("number", &(to + 1))],
        );
        moved.set(told);
        // A moved element loses the focus; at the end of the way the other button takes it.
        let last = shown.read_untracked().len().saturating_sub(1);
        let up = if to == 0 { false } else { up || to == last };
        focus_soon(move || button_id(nic.id, if up { "up" } else { "down" }));
    };
    let remove = move |_| {
        let gone = at.get_untracked();
        let rest: Vec<Nic> =
            fields.nics.get_untracked().into_iter().filter(|other| other.id != nic.id).collect();
        let next = rest.get(gone.saturating_sub(1)).map_or(0, |nic| nic.id);
        moved.set(String::new());
        fields.nics.set(rest);
        focus_soon(move || anchor(next));
    };
    view! {
        <div class="nic" data-several=move || several.get().then_some("")>
            <Field label=label hint=hint error=own_error id=anchor(nic.id)>
                <Select value=nic.value options=options />
            </Field>
            <Show when=move || several.get()>
                <span class="nic__tools">
                    <NicButton id=button_id(nic.id, "up") up=true
                        label=Signal::derive(move || tr_with("Move {name} up", &[("name", &name())]))
                        idle=Signal::derive(move || at.get() == 0)
                        on_press=move |()| shift(true) />
                    <NicButton id=button_id(nic.id, "down") up=false
                        label=Signal::derive(move || tr_with("Move {name} down", &[("name", &name())]))
                        idle=Signal::derive(move || at.get() + 1 >= shown.read().len())
                        on_press=move |()| shift(false) />
                    <Button kind=ButtonKind::Quiet small=true icon=Glyph::X
                        label=Signal::derive(move || tr_with("Remove {name}", &[("name", &name())]))
                        on_press=remove />
                </span>
            </Show>
        </div>
    }
}

/// A button that can be found again after its row has moved. At the end of the way it is idle.
#[component]
fn NicButton(
    id: String,
    up: bool,
    label: Signal<String>,
    idle: Signal<bool>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            class="button button--quiet button--s button--icon"
            class:nic__up=up
            type="button"
            id=id
            aria-label=move || label.get()
            disabled=move || idle.get()
            on:click=move |_| on_press.run(())
        >
            <Icon glyph=Glyph::Down />
        </button>
    }
}

fn button_id(id: u32, which: &str) -> String {
    format!("launch-network-{id}-{which}")
}

/// The focus to an element that is drawn by the next frame.
fn focus_soon(id: impl FnOnce() -> String + 'static) {
    request_animation_frame(move || {
        let element = document().get_element_by_id(&id());
        if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            drop(element.focus());
        }
    });
}

/// Every network, and the two words where one select stands alone.
fn options(known: &Networks, alone: bool, asked: &str) -> Vec<Choice> {
    let mut all: Vec<Choice> = known
        .networks
        .iter()
        .map(|network| {
            let label = attach::network_label(network, &known.subnets);
            choice(network.id.as_str(), &label, attach::network_reason(network))
        })
        .collect();
    if alone {
        let auto = attach::auto_reason(&known.networks);
        all.push(choice(NetworkChoice::AUTO, tr("Let the cloud choose"), auto));
        all.push(choice(NetworkChoice::NONE, tr("None"), None));
    }
    // What a link asks for is shown even where it is not there.
    if !all.iter().any(|choice| choice.value == asked) {
        all.push(Choice::new(asked, asked));
    }
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
