//! The cloud makes a key pair: its private half goes to the user's downloads and nowhere else.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast, JsValue};
use openstack::ErrorKind;
use openstack::identity::Secret;
use web_sys::{Blob, HtmlAnchorElement, Url};

use super::{Naming, take_in};
use crate::cloud::use_cloud;
use crate::components::ErrorNote;
use crate::pages::launch::fields::Fields;
use crate::pages::launch::supply::Supply;
use crate::text::{errors, shell, tr, tr_with};
use crate::ui::{
    Button, ButtonKind, Copyable, Dialog, Field, Glyph, Input, Note, Toast, Toasts, Tone,
};

/// A browser takes a file that it is handed at once.
const HANDING_OVER: Duration = Duration::from_secs(60);

/// A key pair that the cloud makes.
#[derive(Clone, PartialEq)]
struct Made {
    name: String,
    file: String,
    private_key: Secret,
}

/// The cloud makes a key pair.
#[component]
pub fn GenerateDialog(
    /// Open or not.
    open: RwSignal<bool>,
    /// What the cloud offers.
    supply: Supply,
    /// The form.
    fields: Fields,
) -> impl IntoView {
    let cloud = use_cloud();
    let toasts = expect_context::<Toasts>();
    let naming = Naming::new(supply);
    let made = RwSignal::new(None::<Made>);
    let generate = Callback::new(move |()| {
        if !naming.begins() {
            return;
        }
        let (cloud, name) = (cloud.clone(), naming.name.get_untracked().trim().to_owned());
        spawn_local(async move {
            let answer = cloud.generate_keypair(&name).await;
            let still_here = naming.busy.try_set(false).is_none();
            match answer {
                Ok(new) => {
                    let file = format!("{}.pem", name.replace(' ', "_"));
                    let pair = Made { name, file, private_key: new.private_key };
                    // Nobody can give it again, so it is saved also for who has left.
                    save(&pair);
                    if !still_here {
                        let words = tr_with("{file} is in your downloads", &[("file", &pair.file)]);
                        toasts.show(Toast::ok(words));
                        return;
                    }
                    take_in(supply, fields, new.keypair);
                    made.set(Some(pair));
                }
                Err(error) if still_here => naming.refused.set(Some(error)),
                Err(error) => {
                    let words = errors::api(&error, None);
                    toasts.show(Toast::danger(words.title.clone(), words.text_with_request()));
                }
            }
        });
    });
    // The private half is forgotten with the dialog.
    let close = Callback::new(move |()| {
        if made.read_untracked().is_some() {
            made.set(None);
            naming.clear();
        }
    });
    let finish = move |_| {
        open.set(false);
        close.run(());
    };
    let title = Signal::derive(move || match &*made.read() {
        Some(pair) => tr_with("Keep the private key of {name}", &[("name", &pair.name)]),
        None => tr("Generate a key pair").to_owned(),
    });
    let elsewhere = move || {
        let refused = naming.refused.get().filter(|error| error.kind != ErrorKind::Conflict)?;
        Some(view! { <ErrorNote error=Signal::stored(refused) /> })
    };
    let asking = move || {
        view! {
            <form on:submit=move |event| { event.prevent_default(); generate.run(()) } novalidate>
                <div class="dialog__body">
                    {elsewhere}
                    <p>{tr("The cloud keeps the public half. The private half is saved to your downloads, once: nobody can give it to you again.")}</p>
                    <Field label=tr("Name") error=naming.error()>
                        <Input value=naming.name />
                    </Field>
                </div>
                <div class="dialog__foot">
                    <Button on_press=move |_| open.set(false)>{tr("Cancel")}</Button>
                    <Button kind=ButtonKind::Primary submit=true busy=naming.busy>{tr("Generate key pair")}</Button>
                </div>
            </form>
        }
        .into_any()
    };
    let telling = move |pair: Made| {
        let again = pair.clone();
        let command = format!("chmod 600 {0} && ssh -i {0} …", shell::quote(&pair.file));
        view! {
            <div class="dialog__body">
                <Note tone=Tone::Ok title=tr_with("{file} is in your downloads", &[("file", &pair.file)]) text=tr("Look for it before you close this: it is not kept anywhere else.").to_owned()>
                    <Button small=true icon=Glyph::Download on_press=move |_| save(&again)>{tr("Save it again")}</Button>
                </Note>
                <p>{tr("SSH wants that only you can read it:")}</p>
                <Copyable text=command what=tr("command") />
            </div>
            <div class="dialog__foot">
                <Button kind=ButtonKind::Primary on_press=finish>{tr("I have it")}</Button>
            </div>
        }
        .into_any()
    };
    view! {
        <Dialog open=open title=title on_dismiss=close>
            {move || match made.get() {
                Some(pair) => telling(pair),
                None => asking(),
            }}
        </Dialog>
    }
}

/// Hands the private key to the browser's downloads.
fn save(pair: &Made) {
    let parts = js_sys::Array::of1(&JsValue::from_str(pair.private_key.reveal()));
    let handed = Blob::new_with_str_sequence(&parts).and_then(|blob| {
        let url = Url::create_object_url_with_blob(&blob)?;
        let link: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
        link.set_href(&url);
        link.set_download(&pair.file);
        link.click();
        set_timeout(move || drop(Url::revoke_object_url(&url)), HANDING_OVER);
        Ok(())
    });
    if let Err(error) = handed {
        leptos::logging::error!("the browser did not take the file: {error:?}");
    }
}
