//! The dialog: the form, what will come, the command; then what goes on, until there is an image to go to.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use openstack::compute::Server;

use super::super::asks::ServerAsks;
use super::{SnapshotFields, SnapshotForm, UnderWay, WhatComes};
use crate::routes;
use crate::text::{tr, tr_with};
use crate::ui::{Button, ButtonKind, CopyButton, Dialog, Fold};

/// The dialog for an image of a server.
#[component]
pub fn SnapshotDialog(
    /// The page's dialogs.
    asks: ServerAsks,
    /// The server, as it was when it was asked.
    server: Arc<Server>,
) -> impl IntoView {
    let title = tr_with("Create an image from {name}", &[("name", &server.name)]);
    let form = SnapshotForm::new(server, asks.cloud.get_value());
    let navigate = use_navigate();
    let image = form.image();
    Effect::new(move || {
        // Who has closed the dialog is somewhere else already.
        if let Some(id) = image.get()
            && asks.open.get_untracked()
        {
            asks.open.set(false);
            navigate(&routes::image(&id), Default::default());
        }
    });
    let (busy, step) = (form.busy(), form.step());
    Effect::new(move || {
        if step.read().is_some() {
            asks.look.try_run(());
        }
    });
    view! {
        <Dialog open=asks.open title=title>
            {move || match busy.get() {
                true => view! {
                    <div class="dialog__body"><UnderWay form=form /></div>
                    <div class="dialog__foot">
                        <Button kind=ButtonKind::Primary on_press=move |_| asks.open.set(false)>{tr("Close")}</Button>
                    </div>
                }.into_any(),
                false => filling(asks, form),
            }}
        </Dialog>
    }
}

fn filling(asks: ServerAsks, form: SnapshotForm) -> AnyView {
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        form.submit();
    };
    let command = Signal::derive(move || form.command());
    view! {
        <form novalidate on:submit=submit>
            <div class="dialog__body dialog__body--roomy">
                <SnapshotFields form=form />
                <WhatComes form=form />
                <Fold title=tr("The same as a command")>
                    <div class="code">
                        <div class="code__head">
                            <span class="code__kind">{tr("Terminal")}</span>
                            <CopyButton text=command what=tr("command") worded=true />
                        </div>
                        <code class="code__text" tabindex="0" role="region" aria-label=tr("Command line")>{move || command.get()}</code>
                    </div>
                </Fold>
            </div>
            <div class="dialog__foot">
                <Button on_press=move |_| asks.open.set(false)>{tr("Cancel")}</Button>
                <Button kind=ButtonKind::Primary submit=true>{move || form.verb()}</Button>
            </div>
        </form>
    }
    .into_any()
}
