//! Dialogs: the browser's own `<dialog>`, which traps the focus, closes on Escape and gives the
//! focus back to what opened it.

use leptos::html;
use leptos::prelude::*;

use super::{Button, ButtonKind, Glyph, unique_id};
use crate::text::tr;

/// A modal dialog. Its content is made when it opens and dropped when it closes. Write the content
/// as `<div class="dialog__body">..</div><div class="dialog__foot">..</div>`, in a `<form>` when
/// something is submitted.
#[component]
pub fn Dialog(
    /// Open or not. Escape and the close button set it to `false`.
    open: RwSignal<bool>,
    /// What it asks or shows.
    #[prop(into)]
    title: Signal<String>,
    /// Escape does not close it and there is no close button.
    #[prop(optional)]
    insists: bool,
    /// Called when the user closes it without choosing (also when it `insists` and Escape is pressed).
    #[prop(optional, into)]
    on_dismiss: Option<Callback<()>>,
    /// Body and foot.
    children: ChildrenFn,
) -> impl IntoView {
    let element: NodeRef<html::Dialog> = NodeRef::new();
    let title_id = unique_id("dialog");
    Effect::new(move || {
        let Some(dialog) = element.get() else { return };
        if open.get() {
            if !dialog.open() && dialog.show_modal().is_err() {
                leptos::logging::error!("the dialog is not in the document");
            }
        } else if dialog.open() {
            dialog.close();
        }
    });
    let dismiss = move || {
        if !insists {
            open.set(false);
        }
        if let Some(on_dismiss) = on_dismiss {
            on_dismiss.run(());
        }
    };
    let children = StoredValue::new(children);
    view! {
        <dialog
            class="dialog"
            aria-labelledby=title_id.clone()
            node_ref=element
            on:cancel=move |event: web_sys::Event| { event.prevent_default(); dismiss() }
            on:close=move |_| {
                // The browser may close it by itself (a second Escape): then show it again.
                if insists && open.get_untracked() {
                    if element.get_untracked().is_some_and(|dialog| dialog.show_modal().is_err()) {
                        open.set(false)
                    }
                } else if open.get_untracked() {
                    dismiss()
                }
            }
        >
            <div class="dialog__head">
                <h2 id=title_id.clone()>{move || title.get()}</h2>
                {(!insists).then(|| view! {
                    <Button
                        kind=ButtonKind::Quiet
                        small=true
                        icon=Glyph::X
                        label=tr("Close")
                        on_press=move |_| dismiss()
                    />
                })}
            </div>
            <Show when=move || open.get()>{move || children.with_value(|children| children())}</Show>
        </dialog>
    }
}

/// A dialog that asks before something is done.
#[component]
pub fn ConfirmDialog(
    /// Open or not.
    open: RwSignal<bool>,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// The verb on the button that does it.
    #[prop(into)]
    confirm: Signal<String>,
    /// The words on the button that leaves everything as it is.
    #[prop(default = tr("Cancel").to_owned(), into)]
    cancel: String,
    /// It destroys something.
    #[prop(optional)]
    danger: bool,
    /// It is being done.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Do it. The caller closes the dialog when it went well.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// What follows from it, and what went wrong when it failed.
    children: ChildrenFn,
) -> impl IntoView {
    let kind = if danger { ButtonKind::DangerSolid } else { ButtonKind::Primary };
    let children = StoredValue::new(children);
    let cancel = StoredValue::new(cancel);
    view! {
        <Dialog open=open title=title>
            <div class="dialog__body">{children.with_value(|children| children())}</div>
            <div class="dialog__foot">
                <Button on_press=move |_| open.set(false)>{cancel.get_value()}</Button>
                <Button kind=kind busy=busy on_press=move |_| on_confirm.run(())>
                    {move || confirm.get()}
                </Button>
            </div>
        </Dialog>
    }
}
