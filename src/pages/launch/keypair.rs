//! New key pairs: made by the cloud, whose private half is saved once and never kept; or the user's own, of which the cloud
//! is given the public half.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::JsValue;
use openstack::compute::Keypair;
use openstack::identity::Secret;
use openstack::{ApiError, ErrorKind};
use web_sys::{Blob, HtmlAnchorElement, Url};

use super::fields::Fields;
use super::public_key;
use super::supply::{Supply, value};
use super::words::key_name_problem;
use crate::cloud::use_cloud;
use crate::components::ErrorNote;
use crate::text::{errors, tr, tr_with};
use crate::ui::{Button, ButtonKind, Copyable, Dialog, Field, Glyph, Input, Note, TextArea, Tone};

/// A browser takes a file that it is handed at once.
const HANDING_OVER: Duration = Duration::from_secs(60);

/// What the two dialogs have in common: a name, and what is wrong with it.
#[derive(Clone, Copy)]
struct Naming {
    name: RwSignal<String>,
    tried: RwSignal<bool>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
    problem: Memo<Option<String>>,
}

impl Naming {
    fn new(supply: Supply) -> Self {
        let name = RwSignal::new(String::new());
        let problem = Memo::new(move |_| {
            let known: Vec<String> =
                value(supply.keys).unwrap_or_default().into_iter().map(|key| key.name).collect();
            key_name_problem(&name.read(), &known)
        });
        Self {
            name,
            tried: RwSignal::new(false),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
            problem,
        }
    }

    /// At the name's field: what is wrong with it, or that the cloud has it already (409).
    fn error(self) -> Signal<Option<String>> {
        Signal::derive(move || {
            let taken = self.refused.with(|refused| {
                refused
                    .as_ref()
                    .filter(|error| error.kind == ErrorKind::Conflict)
                    .map(|error| errors::api(error, None).text_with_request())
            });
            self.problem.get().filter(|_| self.tried.get()).or(taken)
        })
    }

    /// Any other refusal.
    fn elsewhere(self) -> impl Fn() -> Option<AnyView> {
        move || {
            let refused = self.refused.get().filter(|error| error.kind != ErrorKind::Conflict)?;
            Some(view! { <ErrorNote error=Signal::stored(refused) /> }.into_any())
        }
    }

    /// Whether it may be sent; from now on what is wrong is shown.
    fn begins(self) -> bool {
        self.tried.set(true);
        let begins = self.problem.get_untracked().is_none() && !self.busy.get_untracked();
        if begins {
            self.busy.set(true);
            self.refused.set(None);
        }
        begins
    }

    fn clear(self) {
        self.name.set(String::new());
        self.tried.set(false);
        self.refused.set(None);
    }
}

/// Into the list, and chosen.
fn take_in(supply: Supply, fields: Fields, keypair: Keypair) {
    let name = keypair.name.clone();
    supply.keys.amend(|keys| {
        keys.push(keypair);
        keys.sort_by_cached_key(|key| key.name.to_lowercase());
    });
    fields.key.set(name);
}

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
    let naming = Naming::new(supply);
    let made = RwSignal::new(None::<Made>);
    let generate = Callback::new(move |()| {
        if !naming.begins() {
            return;
        }
        let (cloud, name) = (cloud.clone(), naming.name.get_untracked().trim().to_owned());
        spawn_local(async move {
            let answer = cloud.generate_keypair(&name).await;
            if naming.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(new) => {
                    let file = format!("{}.pem", name.replace(' ', "_"));
                    let pair = Made { name, file, private_key: new.private_key };
                    save(&pair);
                    take_in(supply, fields, new.keypair);
                    made.set(Some(pair));
                }
                Err(error) => naming.refused.set(Some(error)),
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
    let asking = move || {
        view! {
            <form on:submit=move |event| { event.prevent_default(); generate.run(()) } novalidate>
                <div class="dialog__body">
                    {naming.elsewhere()}
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
        let command =
            format!("chmod 600 {0} && ssh -i {0} …", crate::text::shell::quote(&pair.file));
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
