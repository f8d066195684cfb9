//! What the image service did with the image by itself.

use leptos::prelude::*;
use openstack::image::ImportTask;

use super::story::task_state;
use crate::clock;
use crate::text::{format, tr};
use crate::ui::{Panel, Status, TimeAgo};

/// The panel: the newest task first.
#[component]
pub fn TasksPanel(
    /// The tasks.
    #[prop(into)]
    tasks: Signal<Vec<ImportTask>>,
) -> impl IntoView {
    let ids = Memo::new(move |_| {
        let mut rows: Vec<_> = tasks
            .with(|tasks| tasks.iter().map(|task| (task.created_at, task.id.clone())).collect());
        rows.sort();
        rows.into_iter().rev().map(|(_, id)| id).collect::<Vec<String>>()
    });
    view! {
        <Panel title=tr("Tasks") note=|| tr("What the image service did") flush=true>
            <div class="table-box">
                <table class="table table--cards table--plain" role="table" aria-label=tr("Tasks")>
                    <thead class="table__head" role="rowgroup">
                        <tr role="row">
                            <th scope="col">{tr("Task")}</th>
                            <th scope="col">{tr("Status")}</th>
                            <th scope="col">{tr("Message")}</th>
                            <th scope="col" class="num">{tr("Time")}</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        <For each=move || ids.get() key=|id| id.clone() let:id><Task id=id tasks=tasks /></For>
                    </tbody>
                </table>
            </div>
        </Panel>
    }
}

#[component]
fn Task(id: String, tasks: Signal<Vec<ImportTask>>) -> impl IntoView {
    let task =
        Memo::new(move |_| tasks.with(|tasks| tasks.iter().find(|task| task.id == id).cloned()));
    move || {
        task.get().map(|task| {
            let (shape, word) = task_state(&task.status);
            let message = Some(task.message.trim().to_owned()).filter(|message| !message.is_empty());
            let time = task.updated_at.or(task.created_at);
            view! {
                <tr class="table__row" role="row">
                    <td class="table__name" role="cell">{tr("Import")}</td>
                    <td class="cell-status" role="cell"><Status shape=shape word=word /></td>
                    <td class="cell-facts task__message" role="cell" data-first data-last>
                        {match message {
                            Some(message) => message.into_any(),
                            None => view! { <span class="faint">{format::NONE}</span> }.into_any(),
                        }}
                        {task.request_id.map(|id| view! { <span class="task__request">{tr("Request")} " " <code>{id}</code></span> })}
                    </td>
                    <td class="cell-minor num table__muted" role="cell">
                        {time.map(|time| {
                            let offset = clock::offset_at(time);
                            let words = format::ago(time, clock::now(), offset);
                            view! { <TimeAgo words=words exact=time.to_string() title=format::moment(time, offset) /> }
                        })}
                    </td>
                </tr>
            }
        })
    }
}
