//! What may follow the password: the one-time code, the choice of a project.

use leptos::html;
use leptos::prelude::*;

use super::attempt::{Attempt, Choosing, Halfway};
use super::{Problem, Summary};
use crate::text::tr;
use crate::ui::{Button, ButtonKind, Field, Glyph, Icon, Input};

/// Above this many projects there is a search field.
const MANY_PROJECTS: usize = 8;

#[component]
pub(super) fn PasscodeStep(
    /// What is there already.
    halfway: Halfway,
    /// Signs in.
    action: Action<Attempt, ()>,
    /// What went wrong with it.
    problem: RwSignal<Option<Problem>>,
    /// Back to the credentials.
    #[prop(into)]
    on_back: Callback<()>,
) -> impl IntoView {
    let code = RwSignal::new(String::new());
    let empty = RwSignal::new(false);
    let input: NodeRef<html::Input> = NodeRef::new();
    Effect::new(move || {
        problem.track();
        if let Some(input) = input.get() {
            drop(input.focus());
            input.select();
        }
    });
    let error = Signal::derive(move || {
        if empty.get() {
            return Some(tr("Type the digits that your authenticator shows.").to_owned());
        }
        problem.get().filter(|problem| problem.refused).map(|problem| problem.words.paragraph())
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        // Authenticators show "123 456"; people type what they see.
        let digits: String = code.read_untracked().chars().filter(|c| !c.is_whitespace()).collect();
        empty.set(digits.is_empty());
        if !digits.is_empty() && !action.pending().get_untracked() {
            action.dispatch(halfway.with(digits));
        }
    };
    view! {
        <form class="gate__form" novalidate on:submit=submit>
            <h2>{tr("One more step")}</h2>
            <Summary problem=Signal::derive(move || problem.get().filter(|problem| !problem.refused)) />
            <Field
                label=tr("One-time code")
                hint=tr("The six digits that your authenticator app shows now.").to_owned()
                error=error
            >
                <Input value=code autocomplete="one-time-code" inputmode="numeric" mono=true node_ref=input />
            </Field>
            <Button kind=ButtonKind::Primary wide=true submit=true busy=action.pending()>{tr("Sign in")}</Button>
            <Button kind=ButtonKind::Quiet wide=true on_press=move |_| on_back.run(())>{tr("Start over")}</Button>
        </form>
    }
}

#[component]
pub(super) fn ProjectStep(
    /// What there is to choose from.
    choosing: Choosing,
    /// Goes there.
    action: Action<Attempt, ()>,
    /// What went wrong with it.
    problem: RwSignal<Option<Problem>>,
    /// Back to the credentials.
    #[prop(into)]
    on_back: Callback<()>,
) -> impl IntoView {
    let heading: NodeRef<html::H2> = NodeRef::new();
    Effect::new(move || {
        if let Some(heading) = heading.get() {
            drop(heading.focus());
        }
    });
    let search = RwSignal::new(String::new());
    let many = choosing.projects.len() > MANY_PROJECTS;
    let user = choosing.user_name().to_owned();
    let choosing = StoredValue::new(choosing);
    let shown = move || {
        let wanted = search.read().trim().to_lowercase();
        choosing.with_value(|choosing| {
            let mut projects = choosing.projects.clone();
            projects.retain(|project| project.name.to_lowercase().contains(&wanted));
            projects
        })
    };
    view! {
        <div class="gate__form">
            <div class="stack stack--tight">
                <h2 tabindex="-1" node_ref=heading>{tr("Choose a project")}</h2>
                <p class="small muted">{tr("Signed in as ")} <strong>{user}</strong> {tr(". You can switch later without signing in again.")}</p>
            </div>
            <Summary problem=problem />
            {many.then(|| view! {
                <Input value=search kind="search" lead=Glyph::Search placeholder=tr("Search projects") aria_label=tr("Search projects") />
            })}
            <ul class="picker" aria-busy=move || action.pending().get().then_some("true")>
                <For each=shown key=|project| project.id.clone() let(project)>
                    <li>
                        <button
                            class="picker__item"
                            type="button"
                            on:click={
                                let project = project.clone();
                                move |_| if !action.pending().get_untracked() {
                                    action.dispatch(choosing.with_value(|choosing| choosing.with(project.clone())));
                                }
                            }
                        >
                            <span class="picker__name">{project.name.clone()}</span>
                            <Icon glyph=Glyph::Right />
                        </button>
                    </li>
                </For>
            </ul>
            <Button kind=ButtonKind::Quiet wide=true on_press=move |_| on_back.run(())>{tr("Sign in as somebody else")}</Button>
        </div>
    }
}
