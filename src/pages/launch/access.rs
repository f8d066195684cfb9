//! Key pair and password: how somebody logs in.

use leptos::prelude::*;
use openstack::compute::Keypair;

use super::fields::Fields;
use super::form::Part;
use super::supply::{Supply, value};
use crate::text::tr;
use crate::ui::{Button, Check, Choice, Field, Glyph, Input, Select};

/// Which key pair, and the ways to a new one.
#[component]
pub fn KeyField(
    /// What the cloud offers.
    supply: Supply,
    /// The form.
    fields: Fields,
    /// Opens the dialog that makes a key pair.
    generate: RwSignal<bool>,
    /// Opens the dialog that takes one over.
    import: RwSignal<bool>,
) -> impl IntoView {
    let keys = Memo::new(move |_| value(supply.keys).unwrap_or_default());
    let windows = untrack(|| fields.is_windows());
    // Windows takes no SSH key.
    let first = keys.with_untracked(|keys| keys.first().map(|key| key.name.clone()));
    let default: Vec<String> = first.filter(|_| !windows).into_iter().collect();
    fields.begin(Part::Key, &default, |_| None);
    let options = Signal::derive(move || {
        let label = |key: &Keypair| match key.public_key.as_deref().and_then(algorithm) {
            Some(algorithm) => format!("{} · {algorithm}", key.name),
            None => key.name.clone(),
        };
        let mut all: Vec<Choice> =
            keys.read().iter().map(|key| Choice::new(key.name.clone(), label(key))).collect();
        // What a link asks for is shown even where it is not there.
        let asked = fields.key.get();
        if !asked.is_empty() && !all.iter().any(|choice| choice.value == asked) {
            all.push(Choice::new(asked.clone(), asked));
        }
        all.push(Choice::new("", tr("No key pair")));
        all
    });
    let warning = Signal::derive(move || {
        if !fields.key.read().is_empty()
            || fields.is_windows()
            || !fields.password.read().is_empty()
        {
            None
        } else if keys.read().is_empty() {
            Some(tr("You have no key pair in this cloud. Make one, or import yours: without one only a password lets you in.").to_owned())
        } else {
            Some(tr("Without a key pair only a password lets you in.").to_owned())
        }
    });
    let hint = Signal::derive(move || {
        fields.is_windows().then(|| {
            tr("Windows takes no SSH key, but some images encrypt their first password for it.")
                .to_owned()
        })
    });
    view! {
        <div class="stack stack--tight">
            <Field label=tr("Key pair") hint=hint warning=warning error=fields.error_at_once(Part::Key) id=Part::Key.anchor()>
                <Select value=fields.key options=options />
            </Field>
            <div class="row">
                <Button small=true icon=Glyph::Key on_press=move |_| generate.set(true)>{tr("Generate a key")}</Button>
                <Button small=true icon=Glyph::Plus on_press=move |_| import.set(true)>{tr("Import")}</Button>
            </div>
        </div>
    }
}

/// The first password, where no key lets anybody in. It is sent, and nowhere kept.
#[component]
pub fn PasswordField(
    /// The form.
    fields: Fields,
) -> impl IntoView {
    let wanted = Memo::new(move |_| {
        fields.against(|draft, offer| offer.wants_password(draft)).unwrap_or(false)
    });
    let shown = RwSignal::new(false);
    let hint = Signal::derive(move || {
        Some(
            if fields.is_windows() {
                tr("Set at the first start where the image has cloudbase-init. Empty: the cloud makes one, and it is shown once.")
            } else {
                tr("Taken only by images that are made for it, as most Linux images are not. It is not kept here.")
            }
            .to_owned(),
        )
    });
    let label = Signal::derive(move || {
        if fields.is_windows() { tr("Administrator password") } else { tr("Root password") }
            .to_owned()
    });
    view! {
        <Show when=move || wanted.get()>
            <div class="stack stack--tight">
                <Field label=label hint=hint error=fields.error_at_once(Part::Password) optional=true id=Part::Password.anchor()>
                    {move || {
                        let kind = if shown.get() { "text" } else { "password" };
                        view! { <Input value=fields.password kind=kind autocomplete="new-password" /> }
                    }}
                </Field>
                <Show when=move || !fields.password.read().is_empty()>
                    <Check checked=shown label=tr("Show it") />
                </Show>
            </div>
        </Show>
    }
}

/// "ed25519" of "ssh-ed25519 AAAA… comment".
fn algorithm(public_key: &str) -> Option<&str> {
    let kind = public_key.split_whitespace().next()?;
    let kind = kind.strip_prefix("ssh-").or_else(|| kind.strip_prefix("ecdsa-sha2-"))?;
    (!kind.is_empty()).then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::algorithm;

    #[test]
    fn the_kind_of_a_key() {
        assert_eq!(algorithm("ssh-ed25519 AAAAC3 demo"), Some("ed25519"));
        assert_eq!(algorithm("ecdsa-sha2-nistp256 AAAA"), Some("nistp256"));
        assert_eq!(algorithm("-----BEGIN CERTIFICATE-----"), None);
        assert_eq!(algorithm(""), None);
    }
}
