//! Which server group the instance joins: only while it is made can it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::ApiError;
use openstack::compute::{CreateServerGroup, GroupPolicy, ServerGroup};

use super::fields::Fields;
use super::form::Part;
use super::supply::{Supply, value};
use crate::cloud::use_cloud;
use crate::components::ErrorNote;
use crate::text::{tr, tr_with};
use crate::ui::{Button, ButtonKind, Choice, ChoiceCard, Dialog, Field, Glyph, Input, Select};

/// The policies, those that start instances anyway first.
const POLICIES: [GroupPolicy; 4] = [
    GroupPolicy::SoftAntiAffinity,
    GroupPolicy::SoftAffinity,
    GroupPolicy::AntiAffinity,
    GroupPolicy::Affinity,
];

fn policy_word(policy: &GroupPolicy) -> String {
    match policy {
        GroupPolicy::SoftAntiAffinity => tr("apart if possible").to_owned(),
        GroupPolicy::SoftAffinity => tr("together if possible").to_owned(),
        GroupPolicy::AntiAffinity => tr("always apart").to_owned(),
        GroupPolicy::Affinity => tr("always together").to_owned(),
        other => other.as_str().to_owned(),
    }
}

fn policy_title(policy: &GroupPolicy) -> &'static str {
    match policy {
        GroupPolicy::SoftAntiAffinity => tr("Apart if possible"),
        GroupPolicy::SoftAffinity => tr("Together if possible"),
        GroupPolicy::AntiAffinity => tr("Always apart"),
        _ => tr("Always together"),
    }
}

fn policy_text(policy: &GroupPolicy) -> &'static str {
    match policy {
        GroupPolicy::SoftAntiAffinity => {
            tr("On different hosts as long as there are enough: one that fails takes few with it.")
        }
        GroupPolicy::SoftAffinity => tr("On one host as long as it has room: short ways."),
        GroupPolicy::AntiAffinity => tr("On different hosts; what finds none does not start."),
        _ => tr("On one host; what finds no room there does not start."),
    }
}

/// The select, with the way to a new group.
#[component]
pub fn ServerGroupField(
    /// What the cloud offers.
    supply: Supply,
    /// The form.
    fields: Fields,
    /// Opens the dialog that makes one.
    new_group: RwSignal<bool>,
) -> impl IntoView {
    let groups = Memo::new(move |_| value(supply.server_groups).unwrap_or_default());
    groups.with_untracked(|groups| {
        let id_of = |name: &str| {
            groups.iter().find(|group| group.name == name).map(|group| group.id.to_string())
        };
        fields.begin(Part::ServerGroup, &[], id_of);
    });
    let options = Signal::derive(move || {
        let mut all = vec![Choice::new("", tr("None"))];
        let label =
            |group: &ServerGroup| format!("{} · {}", group.name, policy_word(&group.policy));
        all.extend(groups.read().iter().map(|group| Choice::new(group.id.as_str(), label(group))));
        let asked = fields.server_group.get();
        if !all.iter().any(|choice| choice.value == asked) {
            all.push(Choice::new(asked.clone(), asked));
        }
        all
    });
    let hint = Signal::derive(move || {
        let chosen = fields.server_group.get();
        let members = groups.with(|groups| {
            let group = groups.iter().find(|group| group.id.as_str() == chosen)?;
            Some(group.members.len())
        });
        match members {
            Some(members) => Some(tr_with("It has {count} instances now.", &[("count", &members)])),
            None => Some(
                tr("Keeps instances on different hosts, or on one. Can be chosen only now.")
                    .to_owned(),
            ),
        }
    });
    view! {
        <div class="stack stack--tight">
            <Field label=tr("Server group") hint=hint error=fields.error_at_once(Part::ServerGroup) id=Part::ServerGroup.anchor()>
                <Select value=fields.server_group options=options />
            </Field>
            <div class="row">
                <Button small=true icon=Glyph::Plus on_press=move |_| new_group.set(true)>{tr("New server group")}</Button>
            </div>
        </div>
    }
}

/// Makes a group and chooses it.
#[component]
pub fn ServerGroupDialog(
    /// Open or not.
    open: RwSignal<bool>,
    /// What the cloud offers.
    supply: Supply,
    /// The form.
    fields: Fields,
) -> impl IntoView {
    let cloud = use_cloud();
    let name = RwSignal::new(String::new());
    let policy = RwSignal::new(GroupPolicy::SoftAntiAffinity);
    let tried = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<ApiError>);
    let problem = Memo::new(move |_| match name.read().trim().chars().count() {
        0 => Some(tr("Give the server group a name.").to_owned()),
        count if count > 255 => Some(tr_with(
            "{most} characters at most; these are {count}.",
            &[("most", &255), ("count", &count)],
        )),
        _ => None,
    });
    let create = Callback::new(move |()| {
        tried.set(true);
        if problem.get_untracked().is_some() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        refused.set(None);
        let wanted = CreateServerGroup {
            name: name.get_untracked().trim().to_owned(),
            policy: policy.get_untracked(),
            most_per_host: None,
        };
        let cloud = cloud.clone();
        spawn_local(async move {
            let answer = cloud.create_server_group(&wanted).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(group) => {
                    fields.server_group.set(group.id.to_string());
                    supply.server_groups.amend(|groups| groups.push(group));
                    name.set(String::new());
                    tried.set(false);
                    open.set(false);
                }
                Err(error) => refused.set(Some(error)),
            }
        });
    });
    view! {
        <Dialog open=open title=tr("New server group")>
            <form on:submit=move |event| { event.prevent_default(); create.run(()) } novalidate>
                <div class="dialog__body">
                    {move || refused.get().map(|error| view! { <ErrorNote error=Signal::stored(error) /> })}
                    <Field label=tr("Name") error=Signal::derive(move || problem.get().filter(|_| tried.get()))>
                        <Input value=name />
                    </Field>
                    <fieldset class="fieldset fieldset--close">
                        <legend class="fieldset__legend">{tr("Where its instances go")}</legend>
                        <div class="choices">
                            {POLICIES.into_iter().map(|one| {
                                let (title, text) = (policy_title(&one), policy_text(&one));
                                let chosen = one.clone();
                                view! {
                                    <ChoiceCard
                                        name="group-policy"
                                        title=title
                                        text=text.to_owned()
                                        checked=Signal::derive(move || *policy.read() == chosen)
                                        on_choose=move |()| policy.set(one.clone())
                                    />
                                }
                            }).collect_view()}
                        </div>
                    </fieldset>
                </div>
                <div class="dialog__foot">
                    <Button on_press=move |_| open.set(false)>{tr("Cancel")}</Button>
                    <Button kind=ButtonKind::Primary submit=true busy=busy>{tr("Create server group")}</Button>
                </div>
            </form>
        </Dialog>
    }
}
