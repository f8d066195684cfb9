//! A `clouds.yaml` or openrc, pasted, picked or dropped: read here, never sent anywhere.

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::identity::{CloudEntry, FileCredentials, Scope, UserRef, parse_credentials_file};
use wasm_bindgen_futures::JsFuture;

use super::form::Missing;
use crate::address::Address;
use crate::config::CloudConfig;
use crate::text::{errors, tr};
use crate::ui::{Choice, Fact, Field, Input, Select, TextArea};

/// What is known of the file.
#[derive(Clone, Copy)]
pub(super) struct FileState {
    text: RwSignal<String>,
    entry: RwSignal<String>,
    pub(super) user: RwSignal<String>,
    pub(super) secret: RwSignal<String>,
    clouds: StoredValue<Vec<CloudConfig>>,
}

impl FileState {
    pub(super) fn new(clouds: &[CloudConfig]) -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            text: empty(),
            entry: empty(),
            user: empty(),
            secret: empty(),
            clouds: StoredValue::new(clouds.to_vec()),
        }
    }

    /// The cloud that is chosen in the file, and which of ours it is.
    pub(super) fn chosen(self) -> Option<(CloudEntry, CloudConfig)> {
        let entries = parse_credentials_file(&self.text.read()).ok()?;
        let entry = pick(&entries, &self.entry.read())?.clone();
        let cloud = self.ours(&entry)?;
        Some((entry, cloud))
    }

    /// Takes the first file of a drop.
    pub(super) fn take_dropped(self, event: &web_sys::DragEvent) {
        let file =
            event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0));
        if let Some(file) = file {
            self.read(file);
        }
    }

    fn read(self, file: web_sys::File) {
        spawn_local(async move {
            match JsFuture::from(file.text()).await.map(|text| text.as_string()) {
                Ok(Some(text)) => self.text.set(text),
                Ok(None) | Err(_) => leptos::logging::warn!("the file could not be read"),
            }
        });
    }

    /// A file without an address is for the only cloud there is.
    fn ours(self, entry: &CloudEntry) -> Option<CloudConfig> {
        self.clouds.with_value(|clouds| match (&entry.auth_url, clouds.as_slice()) {
            (None, [only]) => Some(only.clone()),
            (None, _) => None,
            (Some(url), _) => {
                let origin = window().location().origin().unwrap_or_default();
                let wanted = same_form(url, &origin);
                clouds.iter().find(|cloud| same_form(&cloud.auth_url, &origin) == wanted).cloned()
            }
        })
    }

    /// Why the file cannot be used, once there is something in it.
    fn complaint(self) -> Option<String> {
        if self.text.read().trim().is_empty() {
            return None;
        }
        match parse_credentials_file(&self.text.read()) {
            Err(error) => Some(errors::credentials_file(&error)),
            Ok(entries) => {
                let entry = pick(&entries, &self.entry.read())?.clone();
                match self.ours(&entry) {
                    Some(_) => None,
                    None => Some(errors::foreign_cloud(entry.auth_url.as_deref())),
                }
            }
        }
    }
}

fn pick<'a>(entries: &'a [CloudEntry], name: &str) -> Option<&'a CloudEntry> {
    entries.iter().find(|entry| entry.name == name).or_else(|| entries.first())
}

/// `https://host:443/identity/v3/` and `/identity` on this origin become comparable.
fn same_form(url: &str, origin: &str) -> String {
    let absolute = if url.starts_with('/') { format!("{origin}{url}") } else { url.to_owned() };
    let normal =
        Address::parse(&absolute).map(|address| address.to_string()).unwrap_or(absolute.clone());
    let normal = normal.trim_end_matches('/');
    normal.strip_suffix("/v3").unwrap_or(normal).trim_end_matches('/').to_owned()
}

#[component]
pub(super) fn FilePanel(
    /// The file.
    file: FileState,
    /// Our clouds.
    clouds: Vec<CloudConfig>,
    /// What is missing.
    missing: RwSignal<Missing>,
    /// Why the cloud refused it.
    refused: Signal<Option<String>>,
) -> impl IntoView {
    let names = Memo::new(move |_| {
        let entries = parse_credentials_file(&file.text.read()).unwrap_or_default();
        entries.into_iter().map(|entry| entry.name).collect::<Vec<_>>()
    });
    let several_inside = Memo::new(move |_| names.read().len() > 1);
    let chosen = Memo::new(move |_| file.chosen());
    let error =
        Signal::derive(move || match missing.read().file && file.text.read().trim().is_empty() {
            true => Some(tr("Paste the file’s text, pick the file or drop it here.").to_owned()),
            false => file.complaint(),
        });
    let lacks_user = Memo::new(move |_| {
        chosen.read().as_ref().is_some_and(|(entry, _)| match &entry.credentials {
            FileCredentials::Password { user, .. } => user.is_none(),
            FileCredentials::ApplicationCredential { id, user, .. } => {
                id.is_none() && user.is_none()
            }
        })
    });
    let lacks_secret = Memo::new(move |_| {
        chosen.read().as_ref().is_some_and(|(entry, _)| match &entry.credentials {
            FileCredentials::Password { password, .. } => password.is_none(),
            FileCredentials::ApplicationCredential { secret, .. } => secret.is_none(),
        })
    });
    let secret_error = Signal::derive(move || match missing.read().file_secret {
        true => Some(tr("It is not in the file: type it.").to_owned()),
        false => refused.get(),
    });
    // With the secret in the file there is no field to say it at.
    let refused_elsewhere = move || refused.get().filter(|_| !lacks_secret.get());
    let several = clouds.len() > 1;
    view! {
        <Field
            label="clouds.yaml or openrc"
            hint=tr("Read on this computer only. Paste its text, pick it, or drop it anywhere on this form.").to_owned()
            error=error
        >
            <TextArea value=file.text rows=6 placeholder="clouds:\n  my-cloud:\n    auth: …" />
        </Field>
        <label class="button button--s gate__pick">
            {tr("Pick a file")}
            <input
                class="visually-hidden"
                type="file"
                accept=".yaml,.yml,.sh,.rc,text/*"
                on:change:target=move |event| {
                    if let Some(picked) = event.target().files().and_then(|files| files.get(0)) {
                        file.read(picked);
                    }
                    event.target().set_value("");
                }
            />
        </label>
        <Show when=move || several_inside.get()>
            <Field label=tr("Cloud in the file")>
                <Select
                    value=file.entry
                    options=Signal::derive(move || names.get().into_iter().map(|name| Choice::new(name.clone(), name)).collect::<Vec<_>>())
                />
            </Field>
        </Show>
        {move || chosen.get().map(|(entry, cloud)| view! {
            <dl class="facts facts--plain gate__facts">
                {several.then(|| view! { <Fact term=tr("Cloud")>{cloud.name.clone()}</Fact> })}
                {who(&entry.credentials).map(|(term, words)| view! { <Fact term=term>{words}</Fact> })}
                {project(&entry.scope).map(|words| view! { <Fact term=tr("Project")>{words}</Fact> })}
                {entry.region.clone().map(|region| view! { <Fact term=tr("Region")>{region}</Fact> })}
            </dl>
        })}
        {move || refused_elsewhere().map(|words| view! { <p class="field__message" role="alert">{words}</p> })}
        <Show when=move || lacks_user.get()>
            <Field label=tr("User") error=Signal::derive(move || missing.read().file_user.then(|| tr("It is not in the file: type it.").to_owned()))>
                <Input value=file.user autocomplete="username" />
            </Field>
        </Show>
        <Show when=move || lacks_secret.get()>
            <Field label=tr("Password or secret") error=secret_error>
                <Input value=file.secret kind="password" autocomplete="current-password" />
            </Field>
        </Show>
    }
}

fn who(credentials: &FileCredentials) -> Option<(&'static str, String)> {
    let name = |user: &UserRef| match user {
        UserRef::Name { name, .. } => name.clone(),
        UserRef::Id(id) => id.clone(),
    };
    match credentials {
        FileCredentials::Password { user, .. } => {
            user.as_ref().map(|user| (tr("User"), name(user)))
        }
        FileCredentials::ApplicationCredential { id, name, .. } => {
            name.clone().or_else(|| id.clone()).map(|words| (tr("App credential"), words))
        }
    }
}

fn project(scope: &Scope) -> Option<String> {
    match scope {
        Scope::Project { name, .. } => Some(name.clone()),
        Scope::ProjectId(id) => Some(id.to_string()),
        Scope::Default | Scope::Unscoped => None,
    }
}

#[cfg(test)]
mod tests {
    use super::same_form;

    #[test]
    fn addresses_of_the_same_keystone_are_recognised() {
        let here = "https://console.example";
        let same = |a: &str, b: &str| assert_eq!(same_form(a, here), same_form(b, here), "{a} {b}");
        same("/identity/v3", "https://console.example/identity");
        same("https://k.example:443/v3/", "https://k.example");
        assert_ne!(same_form("https://k.example:5000", here), same_form("https://k.example", here));
    }
}
