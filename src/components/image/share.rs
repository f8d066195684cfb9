//! Sharing an image: the other project's id, and what becomes of a private image.

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::{Image, Visibility};
use openstack::{ApiError, ErrorKind, ProjectId};

use super::actions::ImageActions;
use super::display_name;
use crate::text::{errors, tr, tr_with};
use crate::ui::{Button, ButtonKind, Field, Input, Note, Toast, Tone};

/// The dialog's body and foot.
#[component]
pub(super) fn ShareImage(
    /// The page's actions.
    actions: ImageActions,
    /// The image.
    image: Image,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<ApiError>);
    let own = actions.cloud.with_value(|cloud| cloud.project().id.clone());
    let wrong = Memo::new(move |_| wrong_project(&typed.read(), own.as_str()));
    let error = Signal::derive(move || {
        let at_field = refused.with(|error| error.as_ref().and_then(refusal_at_field));
        wrong.get().filter(|_| tried.get()).map(str::to_owned).or(at_field)
    });
    let becomes_shared = image.visibility == Visibility::Private;
    let share = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if busy.get_untracked() || wrong.read_untracked().is_some() {
            return;
        }
        busy.set(true);
        refused.set(None);
        let project = ProjectId::new(typed.read_untracked().trim());
        let (cloud, image) = (actions.cloud.get_value(), image.clone());
        spawn_local(async move {
            let answer = cloud.share_image(&image, &project).await;
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    actions.open.try_set(false);
                    let title = tr_with(
                        "{name} is offered to project {project}",
                        &[("name", &display_name(&image)), ("project", &project)],
                    );
                    let text = tr(
                        "It is in their list when they accept it; they can use it by its id at once.",
                    );
                    actions.toasts.show(Toast { text: Some(text.to_owned()), ..Toast::ok(title) });
                    actions.on_changed.try_run(Image { visibility: Visibility::Shared, ..image });
                }
                Err(error) => {
                    refused.try_set(Some(error));
                    // A private image may be shareable by now. Where this fails too, the page's next look tells.
                    if let Ok(now) = cloud.image(&image.id).await {
                        actions.on_changed.try_run(now);
                    }
                }
            }
        });
    };
    view! {
        <form novalidate on:submit=share>
            <div class="dialog__body">
                <p>{tr("The other project sees and uses the image, and cannot change or delete it. It counts against your quota, and goes when you delete it.")}</p>
                {becomes_shared.then(|| view! {
                    <Note
                        still=true
                        title=tr("It is private and becomes shareable first")
                        text=Some(tr("Only the projects that you name see it. Make it private again after unsharing, if you like.").to_owned())
                    />
                })}
                <Field
                    label=tr("Project id")
                    hint=Some(tr("32 hexadecimal digits. Whoever is in that project finds it with `openstack project show` and the project’s name, or in the cloud’s portal.").to_owned())
                    error=error
                >
                    <Input value=typed mono=true on_input=move |()| refused.set(None) />
                </Field>
                {move || refused.get().filter(|error| refusal_at_field(error).is_none()).map(|error| {
                    let words = errors::api(&error, Some(tr("What you typed is still here.")));
                    let text = words.text_with_request();
                    view! { <Note tone=Tone::Danger title=words.title text=text /> }
                })}
            </div>
            <div class="dialog__foot">
                <Button on_press=move |_| actions.open.set(false)>{tr("Cancel")}</Button>
                <Button kind=ButtonKind::Primary submit=true busy=busy>{tr("Share image")}</Button>
            </div>
        </form>
    }
}

/// What the cloud says against this project in particular.
fn refusal_at_field(error: &ApiError) -> Option<String> {
    match error.kind {
        ErrorKind::Conflict => Some(tr("It is shared with that project already.").to_owned()),
        ErrorKind::BadRequest => Some(error.message.clone()),
        ErrorKind::TooLarge => Some(
            tr("It is shared with as many projects as this cloud allows. Unshare it with another one first.")
                .to_owned(),
        ),
        _ => None,
    }
}

/// What is wrong with a project's id. Glance takes any text without a word, so a mistyped one would be shared with
/// nobody. Keystone's ids are UUIDs without dashes, or with a domain of its own 64 digits.
pub fn wrong_project(text: &str, own: &str) -> Option<&'static str> {
    let text = text.trim();
    let digits = text.chars().filter(|c| *c != '-').count();
    let is_id =
        text.chars().all(|c| c.is_ascii_hexdigit() || c == '-') && [32, 64].contains(&digits);
    match () {
        () if text.is_empty() => Some(tr("Type the id of the project.")),
        () if text == own => Some(tr("That is this project: it has the image.")),
        () if !is_id => Some(tr(
            "That is no project id: 32 hexadecimal digits are expected. A project’s name does not work.",
        )),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_project_is_shared_with() {
        let own = "46252803802a441ab7b00fd84c4f8152";
        let check = |text: &str, fits: bool| {
            assert_eq!(wrong_project(text, own).is_none(), fits, "{text}");
        };
        check("105a5dac3e58462d98adfd8ba9b0e1d8", true);
        check(" 105a5dac3e58462d98adfd8ba9b0e1d8 ", true);
        check("105a5dac-3e58-462d-98ad-fd8ba9b0e1d8", true);
        check(&"0a".repeat(32), true);
        check("105a5dac3e58462d98adfd8ba9b0e1d", false);
        check("partner-nordlager", false);
        check("", false);
        check(own, false);
    }
}
