//! Project and region: what every number on the page belongs to, and the way to another.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use openstack::identity::Project;

use crate::routes;
use crate::session::{Account, How};
use crate::text::{errors, tr, tr_with};
use crate::ui::{Glyph, Icon, Menu, MenuItem, MenuRule, MenuTitle, Toast, Toasts};

/// The button with project and region, and its menu.
#[component]
pub fn ScopeMenu() -> impl IntoView {
    let account = expect_context::<Account>();
    let current = account.current();
    let project = Memo::new(move |_| {
        current.read().as_ref().map(|cloud| cloud.project().name.clone()).unwrap_or_default()
    });
    let region = Memo::new(move |_| {
        current
            .read()
            .as_ref()
            .map(|cloud| match cloud.region() {
                Some(region) => region.to_owned(),
                None => cloud.settings().name.clone(),
            })
            .unwrap_or_default()
    });
    let button = move || {
        view! {
            // In words for who listens; the two lines below are for who looks.
            <span class="visually-hidden">{move || tr_with("Project {project}, region {region}: switch", &[("project", &project.get()), ("region", &region.get())])}</span>
            <span class="scope__project truncate" aria-hidden="true">{move || project.get()}</span>
            <span class="scope__region truncate" aria-hidden="true">{move || region.get()}</span>
            <Icon glyph=Glyph::UpDown />
        }
    };
    // Of this owner: the menu's own is gone by the time that the cloud has answered.
    let leave = use_section_root();
    view! {
        <Menu button_class="scope" button=button>
            <Projects leave=leave.clone() />
            <MenuRule />
            <Regions leave=leave.clone() />
        </Menu>
    }
}

#[component]
fn Projects(
    /// Leaves a page that is of the scope that was left.
    leave: impl Fn() + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let account = expect_context::<Account>();
    let toasts = expect_context::<Toasts>();
    let here = account.current().get_untracked().map(|cloud| cloud.project().clone());
    let bound = account.how().is_some_and(|how| how != How::Password);
    let mut projects = account.projects();
    if let Some(here) =
        here.clone().filter(|here| projects.iter().all(|project| project.id != here.id))
    {
        projects.insert(0, here);
    }
    let switch = move |project: Project| switch_project(account, toasts, project, leave.clone());
    view! {
        <MenuTitle>{tr("Project")}</MenuTitle>
        {projects.into_iter().map(|project| {
            let current = here.as_ref().is_some_and(|here| here.id == project.id);
            let name = project.name.clone();
            let switch = switch.clone();
            view! {
                <MenuItem
                    icon=Glyph::Right
                    current=current
                    on_press=move |()| if !current { switch(project.clone()) }
                >{name}</MenuItem>
            }
        }).collect_view()}
        {bound.then(|| view! {
            <p class="menu__reason">{tr("An application credential is bound to its project.")}</p>
        })}
    }
}

/// Goes to another project of the same user; what cannot be done is said in a toast.
pub fn switch_project(
    account: Account,
    toasts: Toasts,
    project: Project,
    leave: impl Fn() + 'static,
) {
    spawn_local(async move {
        match account.switch_project(project.id).await {
            Ok(()) => leave(),
            Err(error) => {
                let words =
                    errors::api(&error, Some(tr("You are still in the project you were in.")));
                toasts.show(Toast::danger(words.title.clone(), words.text_with_request()));
            }
        }
    });
}

#[component]
fn Regions(
    /// Leaves a page that is of the scope that was left.
    leave: impl Fn() + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let account = expect_context::<Account>();
    let here =
        account.current().get_untracked().and_then(|cloud| cloud.region().map(str::to_owned));
    view! {
        <MenuTitle>{tr("Region")}</MenuTitle>
        {account.regions().into_iter().map(|region| {
            let current = here.as_ref() == Some(&region);
            let name = region.clone();
            let leave = leave.clone();
            view! {
                <MenuItem
                    icon=Glyph::Right
                    current=current
                    on_press=move |()| if !current {
                        account.switch_region(region.clone());
                        leave();
                    }
                >{name}</MenuItem>
            }
        }).collect_view()}
    }
}

/// What a page shows (an image, a filled-in form) is of the scope that is left: go to the list. It works as long as the
/// owner that called this.
pub fn use_section_root() -> impl Fn() + Clone + Send + Sync + 'static {
    let navigate = StoredValue::new_local(use_navigate());
    let path = use_location().pathname;
    move || {
        let path = path.get_untracked();
        let root =
            if path.starts_with(routes::INSTANCES) { routes::INSTANCES } else { routes::IMAGES };
        // The check is of whatever scope there is.
        if path != root && path != routes::CHECK {
            // Nobody is there to be led when they signed out meanwhile.
            navigate.try_with_value(|navigate| navigate(root, NavigateOptions::default()));
        }
    }
}
