//! The dialog that asks the same user to sign in again when the token has run out.
//!
//! It lies over the page: what is typed there stays, and every call that waits goes on afterwards.

use leptos::prelude::*;
use openstack::identity::{Receipt, Secret};

use crate::session::{Account, How, Proof};
use crate::text::errors::{self, SignInStep};
use crate::text::tr;
use crate::ui::{Button, ButtonKind, Dialog, Field, Input, Note, Tone};

/// What the dialog asks for at the moment.
#[derive(Clone)]
enum Asking {
    Secret,
    Passcode(Receipt),
    Leaving,
}

/// The dialog. Once in the app; it opens by itself.
#[component]
pub fn Reauthenticate() -> impl IntoView {
    let account = expect_context::<Account>();
    let asking = RwSignal::new(Asking::Secret);
    let title = Signal::derive(move || match asking.get() {
        Asking::Secret => tr("Your sign-in has run out").to_owned(),
        Asking::Passcode(_) => tr("One more step").to_owned(),
        Asking::Leaving => tr("Sign out?").to_owned(),
    });
    view! {
        <Dialog
            open=account.asking()
            title=title
            insists=true
            on_dismiss=move |()| asking.set(Asking::Leaving)
        >
            <Content asking=asking />
        </Dialog>
    }
}

#[component]
fn Content(
    /// What is asked for.
    asking: RwSignal<Asking>,
) -> impl IntoView {
    // A dialog that opens anew begins at the beginning.
    asking.set(Asking::Secret);
    move || match asking.get() {
        Asking::Leaving => view! { <Leaving asking=asking /> }.into_any(),
        step => view! { <Prove asking=asking step=step /> }.into_any(),
    }
}

#[component]
fn Prove(
    /// What is asked for.
    asking: RwSignal<Asking>,
    /// The same, at the time this was made.
    step: Asking,
) -> impl IntoView {
    let account = expect_context::<Account>();
    let typed = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let user = account
        .current()
        .get_untracked()
        .map(|cloud| cloud.user().name.clone())
        .unwrap_or_default();
    let by_password = account.how() == Some(How::Password);
    let (label, autocomplete, kind, sign_in_step) = match &step {
        Asking::Passcode(_) => (tr("One-time code"), "one-time-code", "text", SignInStep::Passcode),
        _ if by_password => (tr("Password"), "current-password", "password", SignInStep::Password),
        _ => (
            tr("Secret of the application credential"),
            "off",
            "password",
            SignInStep::ApplicationCredential,
        ),
    };
    let input = NodeRef::new();
    Effect::new(move || {
        if let Some(input) = input.get() {
            let input: web_sys::HtmlInputElement = input;
            drop(input.focus());
        }
    });
    let proof = move || {
        let secret = Secret::new(typed.get_untracked());
        match &step {
            Asking::Passcode(receipt) => {
                Proof::Passcode { passcode: secret, receipt: receipt.clone() }
            }
            _ => Proof::Secret(secret),
        }
    };
    let sign_in = Action::new_local(move |(): &()| {
        let proof = proof();
        async move {
            problem.set(None);
            match account.sign_in_again(proof).await {
                Ok(None) => {}
                Ok(Some(receipt)) => asking.set(Asking::Passcode(receipt)),
                Err(error) => {
                    problem.try_set(Some(errors::sign_in(&error, sign_in_step).paragraph()));
                }
            }
        }
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if typed.read_untracked().is_empty() {
            problem.set(Some(tr("Type it to go on.").to_owned()));
        } else if !sign_in.pending().get_untracked() {
            sign_in.dispatch(());
        }
    };
    view! {
        <form novalidate on:submit=submit>
            <div class="dialog__body">
                <p>
                    {tr("Sign in again as ")} <strong>{user.clone()}</strong>
                    {tr(" to go on. Nothing on the page is lost; what was under way continues.")}
                </p>
                <input class="visually-hidden" type="text" autocomplete="username" tabindex="-1" aria-hidden="true" readonly prop:value=user />
                <Field label=label error=problem>
                    <Input value=typed kind=kind autocomplete=autocomplete node_ref=input />
                </Field>
            </div>
            <div class="dialog__foot">
                <Button on_press=move |_| asking.set(Asking::Leaving)>{tr("Sign out instead")}</Button>
                <Button kind=ButtonKind::Primary submit=true busy=sign_in.pending()>{tr("Sign in")}</Button>
            </div>
        </form>
    }
}

#[component]
fn Leaving(
    /// What is asked for.
    asking: RwSignal<Asking>,
) -> impl IntoView {
    let account = expect_context::<Account>();
    view! {
        <div class="dialog__body">
            <Note
                tone=Tone::Warn
                still=true
                title=tr("What you typed on this page will be lost")
                text=tr("Uploads that are under way are broken off. What the cloud has stored stays.")
            />
        </div>
        <div class="dialog__foot">
            <Button on_press=move |_| asking.set(Asking::Secret)>{tr("Back")}</Button>
            <Button kind=ButtonKind::DangerSolid on_press=move |_| account.sign_out()>{tr("Sign out")}</Button>
        </div>
    }
}
