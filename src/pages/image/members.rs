//! With whom the image is shared; and the offer, when it is another project's.

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::{Image, Member, MemberStatus, Visibility};
use openstack::{ApiError, ProjectId};

use crate::cloud::use_cloud;
use crate::components::image::{Asking, ImageActions, Onlooker, display_name, why_not_share};
use crate::text::{errors, tr, tr_with};
use crate::ui::{
    Button, ButtonKind, ConfirmDialog, Copyable, Empty, Glyph, Note, Panel, Shape, Status, Toast,
    Toasts, Tone,
};

/// The panel of an image of our own.
#[component]
pub fn MembersPanel(
    /// The image.
    #[prop(into)]
    image: Signal<Image>,
    /// Its members.
    #[prop(into)]
    members: Signal<Vec<Member>>,
    /// What can be done with it.
    actions: ImageActions,
    /// Somebody was added or taken away: look again.
    #[prop(into)]
    on_changed: Callback<()>,
) -> impl IntoView {
    let read_only = use_cloud().why_read_only();
    let why_not = Signal::derive(move || {
        let who = Onlooker { own: true, read_only: read_only.as_deref() };
        image.with(|image| why_not_share(image, who))
    });
    let leaving = RwSignal::new(None::<ProjectId>);
    let asking = RwSignal::new(false);
    let ids = Memo::new(move |_| {
        members.with(|members| {
            members.iter().map(|member| member.member_id.clone()).collect::<Vec<_>>()
        })
    });
    let words = move || {
        let text = image.with(|image| match image.visibility {
            Visibility::Public => tr("Everybody sees it: it is public."),
            Visibility::Community => tr("Everybody who knows its id can use it."),
            Visibility::Private => {
                tr("Only this project sees it. Sharing it makes it shareable first.")
            }
            _ => tr("Only this project sees it, until you name another."),
        });
        Some(text.to_owned())
    };
    let share = move || {
        view! {
            <Button small=true icon=Glyph::Plus why_not=why_not reason_at="share-why" on_press=move |_| actions.ask(Asking::Share, image.get_untracked())>
                {tr("Share")}
            </Button>
        }
    };
    view! {
        <Panel title=tr("Shared with") note=share flush=true foot=|| view! { {tr("They see it in their list once they accept; by its id at once.")} }>
            <Show
                when=move || !ids.read().is_empty()
                fallback=move || view! {
                    <div id="share-why"><Empty small=true title=tr("Nobody") text=Signal::derive(words) /></div>
                }
            >
                <ul class="relations">
                    <For each=move || ids.get() key=|id| id.clone() let(id)>
                        <MemberRow id=id members=members why_not=why_not on_remove=move |id| { leaving.set(Some(id)); asking.set(true) } />
                    </For>
                </ul>
            </Show>
        </Panel>
        <Unshare image=image leaving=leaving open=asking on_changed=on_changed />
    }
}

#[component]
fn MemberRow(
    id: ProjectId,
    members: Signal<Vec<Member>>,
    why_not: Signal<Option<String>>,
    #[prop(into)] on_remove: Callback<ProjectId>,
) -> impl IntoView {
    let own = id.clone();
    let state = Memo::new(move |_| {
        members.with(|members| {
            members
                .iter()
                .find(|member| member.member_id == own)
                .map(|member| member_state(&member.status))
        })
    });
    let label = tr_with("Unshare with {project}", &[("project", &id)]);
    let text = id.to_string();
    view! {
        <li class="relations__row">
            <span class="relations__name"><Copyable text=text what=tr("project id") /></span>
            {move || state.get().map(|(shape, word)| view! { <Status shape=shape word=word /> })}
            <Show when=move || why_not.read().is_none()>
                {
                    let (id, label) = (id.clone(), label.clone());
                    view! { <Button kind=ButtonKind::Quiet small=true icon=Glyph::X label=Signal::stored(label) on_press=move |_| on_remove.run(id.clone()) /> }
                }
            </Show>
        </li>
    }
}

#[component]
fn Unshare(
    image: Signal<Image>,
    leaving: RwSignal<Option<ProjectId>>,
    open: RwSignal<bool>,
    on_changed: Callback<()>,
) -> impl IntoView {
    let cloud = use_cloud();
    let toasts = expect_context::<Toasts>();
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<ApiError>);
    let title =
        Signal::derive(move || tr_with("Unshare {name}?", &[("name", &image.with(display_name))]));
    let unshare = move |()| {
        let Some(project) = leaving.get_untracked() else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        refused.set(None);
        let (cloud, id) = (cloud.clone(), image.with_untracked(|image| image.id.clone()));
        spawn_local(async move {
            let answer = cloud.unshare_image(&id, &project).await;
            busy.try_set(false);
            match answer {
                Ok(()) => {
                    open.try_set(false);
                    toasts.show(Toast::ok(tr_with(
                        "No longer shared with {project}",
                        &[("project", &project)],
                    )));
                    on_changed.try_run(());
                }
                Err(error) => {
                    refused.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <ConfirmDialog open=open title=title confirm=tr("Unshare") cancel=tr("Keep sharing") danger=true busy=busy on_confirm=unshare>
            <p>{move || leaving.get().map(|project| tr_with("Project {project} no longer sees it. Instances and volumes that it made from the image stay as they are.", &[("project", &project)]))}</p>
            {move || refused.get().map(|error| {
                let words = errors::api(&error, Some(tr("It is still shared.")));
                let text = words.text_with_request();
                view! { <Note tone=Tone::Danger title=words.title text=text /> }
            })}
        </ConfirmDialog>
    }
}

/// Above another project's image that is shared with this one: what was answered, and the other answer.
#[component]
pub fn OfferNote(
    /// The image.
    #[prop(into)]
    image: Signal<Image>,
    /// Our own membership, the only one that we see.
    #[prop(into)]
    members: Signal<Vec<Member>>,
    /// What can be done with it.
    actions: ImageActions,
) -> impl IntoView {
    let cloud = use_cloud();
    let read_only = StoredValue::new(cloud.why_read_only());
    let project = cloud.project().id.clone();
    let status = Memo::new(move |_| {
        members.with(|members| {
            members
                .iter()
                .find(|member| member.member_id == project)
                .map(|member| member.status.clone())
        })
    });
    let busy = Signal::derive(move || image.with(|image| actions.is_changing(&image.id)));
    let answer = move |accept: bool| {
        let words = if accept { tr("Accept") } else { tr("Reject") };
        view! {
            <Button
                small=true
                busy=busy
                why_not=Signal::stored(read_only.get_value())
                on_press=move |_| image.with_untracked(|image| actions.answer(image, accept))
            >{words}</Button>
        }
    };
    move || {
        let status = status.get()?;
        let owner =
            image.with(|image| image.owner.as_ref().map(ToString::to_string)).unwrap_or_default();
        let owner: [(&str, &dyn std::fmt::Display); 1] = [("project", &owner)];
        Some(match status {
            MemberStatus::Accepted => view! {
                <Note still=true title=tr_with("Shared by project {project}, accepted", &owner) text=Some(tr("It is in this project’s list. You can use it, not change it.").to_owned())>
                    {answer(false)}
                </Note>
            }.into_any(),
            MemberStatus::Rejected => view! {
                <Note still=true title=tr_with("Shared by project {project}, rejected", &owner) text=Some(tr("It is in no list of this project; by its id it can be used.").to_owned())>
                    {answer(true)}
                </Note>
            }.into_any(),
            _ => view! {
                <Note still=true tone=Tone::Accent title=tr_with("Offered by project {project}", &owner) text=Some(tr("Nobody here has answered. Accept it and it is in this project’s list. Launch only from images of people whom you trust.").to_owned())>
                    {answer(true)}
                    {answer(false)}
                </Note>
            }.into_any(),
        })
    }
}

/// Shape and word of a project's answer.
fn member_state(status: &MemberStatus) -> (Shape, String) {
    match status {
        MemberStatus::Pending => (Shape::Pending, tr("Waits for them").to_owned()),
        MemberStatus::Accepted => (Shape::Accepted, tr("Accepted").to_owned()),
        MemberStatus::Rejected => (Shape::Rejected, tr("Rejected").to_owned()),
        MemberStatus::Other(word) => (Shape::Unknown, word.clone()),
    }
}
