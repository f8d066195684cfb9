//! The user's own key: what was pasted is looked at before the cloud is given it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::ErrorKind;

use super::{Naming, take_in};
use crate::cloud::use_cloud;
use crate::components::ErrorNote;
use crate::pages::launch::fields::Fields;
use crate::pages::launch::public_key;
use crate::pages::launch::supply::Supply;
use crate::text::{errors, tr, tr_with};
use crate::ui::{Button, ButtonKind, Dialog, Field, Input, TextArea};

/// The user's own key.
#[component]
pub fn ImportDialog(
    /// Open or not.
    open: RwSignal<bool>,
    /// What the cloud offers.
    supply: Supply,
    /// The form.
    fields: Fields,
) -> impl IntoView {
    let cloud = use_cloud();
    let naming = Naming::new(supply);
    let pasted = RwSignal::new(String::new());
    let key = Memo::new(move |_| public_key::read(&pasted.read()));
    // Until a name is given, the key's own comment is it.
    let suggested = Memo::new(move |_| {
        key.with(|key| key.as_ref().ok()?.as_ref().and_then(public_key::suggested_name))
    });
    let take_name = move || {
        if naming.name.read_untracked().is_empty()
            && let Some(name) = suggested.get_untracked()
        {
            naming.name.set(name);
        }
    };
    let key_error = Signal::derive(move || match key.get() {
        Err(words) => Some(words),
        Ok(None) if naming.tried.get() => Some(tr("Paste the public key.").to_owned()),
        // Nova's word on it: 400.
        Ok(_) => naming.refused.with(|refused| {
            refused
                .as_ref()
                .filter(|error| error.kind == ErrorKind::BadRequest)
                .map(|error| errors::api(error, None).text_with_request())
        }),
    });
    let key_warning = Signal::derive(move || {
        key.with(|key| key.as_ref().ok()?.as_ref().and_then(|key| key.warning.clone()))
    });
    let key_hint =
        Signal::derive(move || {
            Some(key.with(|key| {
                match key {
            Ok(Some(key)) => tr_with("A key of the kind {kind}.", &[("kind", &key.kind)]),
            _ => tr("The content of `~/.ssh/id_ed25519.pub`, or of another file that ends in .pub.")
                .to_owned(),
        }
            }))
        });
    let import = Callback::new(move |()| {
        take_name();
        let line = key.with_untracked(|key| {
            key.as_ref().ok().and_then(|key| key.as_ref().map(|key| key.line.clone()))
        });
        naming.tried.set(true);
        let Some(line) = line else { return };
        if !naming.begins() {
            return;
        }
        let (cloud, name) = (cloud.clone(), naming.name.get_untracked().trim().to_owned());
        spawn_local(async move {
            let answer = cloud.import_keypair(&name, &line).await;
            if naming.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(keypair) => {
                    take_in(supply, fields, keypair);
                    pasted.set(String::new());
                    naming.clear();
                    open.set(false);
                }
                Err(error) => naming.refused.set(Some(error)),
            }
        });
    });
    let elsewhere = move || {
        let refused = naming
            .refused
            .get()
            .filter(|error| !matches!(error.kind, ErrorKind::Conflict | ErrorKind::BadRequest))?;
        Some(view! { <ErrorNote error=Signal::stored(refused) /> })
    };
    let name_hint = Signal::derive(move || {
        suggested
            .get()
            .filter(|_| naming.name.read().is_empty())
            .map(|name| tr_with("Empty: {name}, as the key says.", &[("name", &name)]))
    });
    view! {
        <Dialog open=open title=tr("Import a key pair")>
            <form on:submit=move |event| { event.prevent_default(); import.run(()) } novalidate>
                <div class="dialog__body">
                    {elsewhere}
                    <Field label=tr("Public key") hint=key_hint warning=key_warning error=key_error>
                        <TextArea value=pasted rows=5 />
                    </Field>
                    <Field label=tr("Name") hint=name_hint error=naming.error()>
                        <Input value=naming.name />
                    </Field>
                </div>
                <div class="dialog__foot">
                    <Button on_press=move |_| open.set(false)>{tr("Cancel")}</Button>
                    <Button kind=ButtonKind::Primary submit=true busy=naming.busy>{tr("Import key pair")}</Button>
                </div>
            </form>
        </Dialog>
    }
}
