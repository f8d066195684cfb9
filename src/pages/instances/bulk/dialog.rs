//! The dialog of work on several instances: what will happen to which, how far it is, what failed and why.

use leptos::prelude::*;
use openstack::compute::Server;

use super::Bulk;
use super::plan::Plan;
use crate::components::server::Deed;
use crate::text::{errors, tr, tr_with};
use crate::ui::{self, Button, ButtonKind, Dialog};

/// Asks, shows how far it is, tells what failed.
#[component]
pub fn BulkDialog(
    /// The page's work on several instances.
    bulk: Bulk,
) -> impl IntoView {
    let title = Signal::derive(move || {
        bulk.plan.with(|plan| {
            plan.as_ref().map(|plan| format!("{}?", plan.question())).unwrap_or_default()
        })
    });
    // Only the step that is shown is made anew, not at each instance that is done.
    let step = Memo::new(move |_| {
        bulk.progress.with(|progress| match progress {
            None => Stage::Asking,
            Some(progress) if !progress.over => Stage::Going,
            Some(_) => Stage::Over,
        })
    });
    view! {
        <Dialog open=bulk.open title=title>
            {move || bulk.plan.get().map(|plan| match step.get() {
                Stage::Asking => asking(bulk, plan),
                Stage::Going => going(bulk),
                Stage::Over => over(bulk, plan.deed),
            })}
        </Dialog>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Asking,
    Going,
    Over,
}

fn asking(bulk: Bulk, plan: Plan) -> AnyView {
    let kind =
        if plan.deed == Deed::Delete { ButtonKind::DangerSolid } else { ButtonKind::Primary };
    let label = plan.question();
    let left_out = plan.left_out();
    let names = plan
        .can
        .iter()
        .map(|server| {
            let short: String = server.id.as_str().chars().take(8).collect();
            view! {
                <li class="bulk__line">
                    <span class="truncate">{server.name.clone()}</span>
                    <code class="faint">{short}</code>
                </li>
            }
        })
        .collect_view();
    let consequences =
        plan.consequences().into_iter().map(|words| view! { <p>{words}</p> }).collect_view();
    let (deed, servers) = (plan.deed, plan.can);
    view! {
        <div class="dialog__body">
            <ul class="dialog__list bulk__names" tabindex="0" aria-label=tr("Instances")>{names}</ul>
            {consequences}
            {left_out.map(|reasons| view! {
                <p class="muted">{tr_with("Left out: {reasons}", &[("reasons", &reasons)])}</p>
            })}
        </div>
        <div class="dialog__foot">
            <Button on_press=move |_| bulk.open.set(false)>{tr("Cancel")}</Button>
            <Button kind=kind on_press=move |_| bulk.start(deed, servers.clone())>{label}</Button>
        </div>
    }
    .into_any()
}

fn going(bulk: Bulk) -> AnyView {
    let progress = move || bulk.progress.get().unwrap_or_default();
    let share = Signal::derive(move || {
        let now = progress();
        Some((now.done + now.failed.len()) as f64 / now.total.max(1) as f64)
    });
    let words = move || {
        let now = progress();
        let gone = now.done + now.failed.len();
        tr_with("{count} of {total} done", &[("count", &gone), ("total", &now.total)])
    };
    view! {
        <div class="dialog__body">
            <ui::Progress label=Signal::stored(tr("Progress").to_owned()) share=share />
            <p>{words}</p>
            <p class="muted">{tr("It goes on when this is closed.")}</p>
        </div>
        <div class="dialog__foot">
            <Button on_press=move |_| bulk.open.set(false)>{tr("Close")}</Button>
        </div>
    }
    .into_any()
}

/// Row by row what failed and why, and the way to try those again.
fn over(bulk: Bulk, deed: Deed) -> AnyView {
    let progress = bulk.progress.get_untracked().unwrap_or_default();
    let again: Vec<Server> = progress.failed.iter().map(|(server, _)| server.clone()).collect();
    let failures = progress
        .failed
        .iter()
        .map(|(server, error)| {
            let words = errors::api(error, None);
            view! {
                <li class="bulk__failure">
                    <span class="bulk__name">{server.name.clone()}</span>
                    <span class="bulk__why">{words.text_with_request()}</span>
                </li>
            }
        })
        .collect_view();
    let told = tr_with(
        "{done} done, {failed} failed and stay as they were:",
        &[("done", &progress.done), ("failed", &progress.failed.len())],
    );
    view! {
        <div class="dialog__body" role="alert">
            <p>{told}</p>
            <ul class="bulk__failures" tabindex="0" aria-label=tr("What failed")>{failures}</ul>
        </div>
        <div class="dialog__foot">
            <Button on_press=move |_| bulk.open.set(false)>{tr("Close")}</Button>
            <Button kind=ButtonKind::Primary on_press=move |_| bulk.start(deed, again.clone())>{tr("Try these again")}</Button>
        </div>
    }
    .into_any()
}
