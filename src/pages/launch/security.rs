//! Security groups: what each lets pass, and whether anybody can log in.

use leptos::prelude::*;
use openstack::network::SecurityGroup;

use super::fields::Fields;
use super::form::Part;
use super::supply::{Supply, value};
use super::{attach, groups};
use crate::text::{tr, tr_with};
use crate::ui::{Button, Copyable, Glyph, Icon, Note, Tone, unique_id};

/// The groups, each with what it opens.
#[component]
pub fn GroupFields(
    /// What the cloud offers.
    supply: Supply,
    /// The form.
    fields: Fields,
) -> impl IntoView {
    let all = Memo::new(move |_| value(supply.groups).unwrap_or_default());
    all.with_untracked(|all| {
        let default: Vec<String> =
            attach::default_groups(all).into_iter().map(|id| id.to_string()).collect();
        let id_of = |name: &str| {
            let mut named = all.iter().filter(|group| group.name == name);
            let id = named.next().map(|group| group.id.to_string());
            id.filter(|_| named.next().is_none())
        };
        fields.begin(Part::Groups, &default, id_of);
    });
    let error = fields.error_at_once(Part::Groups);
    let none_chosen = Memo::new(move |_| fields.groups.with(Vec::is_empty));
    // What a link asks for and is not there can be taken away.
    let strays = Memo::new(move |_| {
        let chosen = fields.groups.get();
        let known = |id: &String| all.with(|all| all.iter().any(|group| group.id.as_str() == id));
        chosen.into_iter().filter(|id| !known(id)).collect::<Vec<_>>()
    });
    view! {
        <fieldset class="fieldset fieldset--close" id=Part::Groups.anchor() tabindex="-1">
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
                <For each=move || strays.get() key=String::clone let:stray>
                    {
                        let gone = stray.clone();
                        view! {
                            <div class="row">
                                <Button small=true icon=Glyph::X on_press=move |_| fields.groups.update(|chosen| chosen.retain(|id| *id != gone))>
                                    {tr_with("Leave out {name}", &[("name", &stray)])}
                                </Button>
                            </div>
                        }
                    }
                </For>
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
    let id = group.id.to_string();
    let hint_id = unique_id("group");
    let summary = {
        let id = group.id.clone();
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

/// A warning when no group that will hold lets anybody log in, with the group that would.
#[component]
fn NoWayIn(all: Memo<Vec<SecurityGroup>>, fields: Fields) -> impl IntoView {
    let port = move || if fields.is_windows() { 3389 } else { 22 };
    let closed = Memo::new(move |_| {
        let chosen = fields.groups.get();
        all.with(|all| {
            let mut held = attach::groups_in_force(&chosen, all).into_iter();
            !held.any(|group| groups::lets_in(group, port()))
        })
    });
    let helper = Memo::new(move |_| {
        all.with(|all| {
            all.iter()
                .find(|group| groups::lets_in(group, port()))
                .map(|group| (group.id.to_string(), group.name.clone()))
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
