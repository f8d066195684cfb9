//! How to log in: by SSH as whom and with which key, by Remote Desktop, and the password while the cloud has just said it.

use leptos::prelude::*;
use openstack::compute::{Server, ServerStatus};
use openstack::identity::Secret;

use super::Known;
use crate::cloud::{ServerNet, use_cloud};
use crate::components::server::{
    Login, PasswordOf, Properties, Reach, UserFrom, best_address, forget_password, is_windows,
    kept_passwords, login, properties, reach,
};
use crate::live::Live;
use crate::text::{tr, tr_with};
use crate::ui::{Button, CopyButton, Copyable, Fact, Note, Panel, Tone, marked};

/// What is shown, decided at once from the record and the image.
#[derive(Clone, Debug, PartialEq)]
enum Way {
    /// No address yet, but one may come.
    Waits,
    /// It is on no network.
    NoNetwork,
    /// By SSH.
    Ssh {
        /// How.
        login: Login,
        /// With which key.
        key: Option<String>,
        /// It is off.
        stopped: bool,
    },
    /// By remote desktop.
    Windows {
        /// At which address.
        address: String,
        /// As whom.
        user: String,
        /// It is reached only from its own network.
        inside: bool,
        /// With which key its first password can be read.
        key: Option<String>,
        /// It is off.
        stopped: bool,
    },
}

fn way(server: &Server, image: &Properties) -> Way {
    let stopped = server.status == ServerStatus::Shutoff;
    let key = server.key_name.clone();
    if let Some(login) = login(server, image) {
        return Way::Ssh { login, key, stopped };
    }
    match best_address(server) {
        Some(address) if is_windows(image) => Way::Windows {
            address: address.addr.clone(),
            user: image
                .get("os_admin_user")
                .filter(|user| !user.is_empty())
                .cloned()
                .unwrap_or_else(|| "Administrator".to_owned()),
            inside: reach(address) == Reach::Inside,
            key,
            stopped,
        },
        _ if server.is_changing() => Way::Waits,
        _ => Way::NoNetwork,
    }
}

/// The panel.
#[component]
pub fn Access(
    /// The instance.
    known: Known,
    /// What the network service knows.
    net: Live<ServerNet>,
) -> impl IntoView {
    let way = Memo::new(move |_| {
        let none = Properties::new();
        known.origins.with(|origins| {
            known.server.with(|server| {
                server
                    .as_ref()
                    .map(|server| way(server, properties(server, origins).unwrap_or(&none)))
            })
        })
    });
    let closed = Memo::new(move |_| {
        let port = way.with(|way| match way.as_ref()? {
            Way::Ssh { .. } => Some(22),
            Way::Windows { .. } => Some(3389),
            Way::Waits | Way::NoNetwork => None,
        })?;
        net.remote().with(|remote| remote.value()?.is_closed(port).then_some(port))
    });
    let rescued = Memo::new(move |_| {
        known.server.with(|server| {
            server.as_ref().is_some_and(|server| server.status == ServerStatus::Rescue)
        })
    });
    view! {
        <Panel title=tr("Log in")>
            {move || rescued.get().then(|| view! {
                <p class="small">
                    <strong>{tr("It is rescued.")}</strong>
                    " "
                    {tr("The rescue system answers at its address, and knows only its own users and keys. What is said below holds when the rescue has ended.")}
                </p>
            })}
            {move || way.get().map(|way| match way {
                Way::Waits => view! { <p class="small muted">{tr("Its address appears here as soon as it has one.")}</p> }.into_any(),
                Way::NoNetwork => view! {
                    <p class="small muted">{tr("It is on no network. Its console is the only way in.")}</p>
                }.into_any(),
                way @ Way::Windows { .. } => windows(way),
                Way::Ssh { login, key, stopped } => view! { <Ssh login=login key=key stopped=stopped /> }.into_any(),
            })}
            {move || closed.get().map(|port| view! {
                <p class="small">
                    <strong>{tr_with("Nobody is let in at port {port}.", &[("port", &port)])}</strong>
                    " "
                    {tr("None of its security groups has a rule that lets in connections from everywhere; from some places they may.")}
                </p>
            })}
            <Passwords known=known />
        </Panel>
    }
}

#[component]
fn Ssh(login: Login, key: Option<String>, stopped: bool) -> impl IntoView {
    let user = match login.user {
        UserFrom::Image => None,
        UserFrom::System => {
            Some(tr("The image does not name its user; this is the usual one of its system."))
        }
        UserFrom::Nobody => {
            Some(tr("The image does not say who logs in: put its first user in the place of USER."))
        }
    };
    let inside = login.reach == Reach::Inside;
    let with_key = match key {
        Some(key) => view! {
            <p class="small muted">{tr("With the private half of the key pair ")} <strong>{key}</strong> "."</p>
        }
        .into_any(),
        None => view! {
            <p class="small muted">{tr("It was launched without a key pair: only a password that the image has itself lets you in.")}</p>
        }
        .into_any(),
    };
    view! {
        <div class="code code--line">
            <code class="code__text" tabindex="0" role="group" aria-label=tr("Command to log in")>{login.command.clone()}</code>
            <CopyButton text=login.command what=tr("command") worded=true />
        </div>
        <div class="stack stack--tight">
            {stopped.then(stopped_words)}
            {inside.then(inside_words)}
            {with_key}
            {user.map(|words| view! { <p class="small muted">{words}</p> })}
        </div>
    }
}

fn windows(way: Way) -> AnyView {
    let Way::Windows { address, user, inside, key, stopped } = way else { return ().into_any() };
    let first = match key {
        Some(key) => tr_with(
            "Its first password is made when it starts for the first time: `openstack server show` has it, encrypted for the key pair {key} (`nova get-password` opens it).",
            &[("key", &key)],
        ),
        None => tr("Its password is the one that was set at its launch, or is set on its console at the first start.").to_owned(),
    };
    view! {
        <dl class="facts facts--plain">
            <Fact term=tr("Remote Desktop")><Copyable text=address what=tr("address") /></Fact>
            <Fact term=tr("User")><Copyable text=user what=tr("user") /></Fact>
        </dl>
        <div class="stack stack--tight">
            {stopped.then(stopped_words)}
            {inside.then(inside_words)}
            <p class="small muted">{marked(&first)}</p>
        </div>
    }
    .into_any()
}

fn stopped_words() -> AnyView {
    view! { <p class="small"><strong>{tr("It is stopped.")}</strong>{tr(" Start it first; then it answers.")}</p> }
        .into_any()
}

fn inside_words() -> AnyView {
    view! {
        <p class="small">
            <strong>{tr("Not reached from the internet.")}</strong>
            " "
            {tr("Its address is a private one: reach it from the same network, over a VPN, or after giving it a floating address.")}
        </p>
    }
    .into_any()
}

/// The passwords that the cloud has just said, once.
#[component]
fn Passwords(known: Known) -> impl IntoView {
    let cloud = StoredValue::new(use_cloud());
    let id = Memo::new(move |_| {
        known.server.with(|server| server.as_ref().map(|server| server.id.clone()))
    });
    let forgotten = RwSignal::new(());
    // A rescue gives another: looked up at each change of the record.
    let passwords = Memo::new(move |_| {
        known.server.track();
        forgotten.track();
        let id = id.get();
        id.map(|id| cloud.with_value(|cloud| kept_passwords(cloud, &id))).unwrap_or_default()
    });
    let forget = move |of: PasswordOf| {
        if let Some(id) = id.get_untracked() {
            cloud.with_value(|cloud| forget_password(cloud, &id, of));
        }
        forgotten.set(());
    };
    let note = move |(of, password): (PasswordOf, Secret)| {
        let (title, what) = match of {
            PasswordOf::Server => {
                (tr("The password of its administrator, shown this once"), tr("password"))
            }
            PasswordOf::Rescue => (
                tr("The password of the rescue system, shown this once"),
                tr("password of the rescue system"),
            ),
        };
        view! {
            <Note
                still=true
                tone=Tone::Warn
                title=title
                text=tr("The cloud does not keep it. It stays here until you have noted it, or this tab is reloaded or closed. Images that take no password ignore it.")
                    .to_owned()
            >
                <Copyable text=password.reveal().to_owned() what=what />
                <Button small=true on_press=move |_| forget(of)>{tr("I have noted it")}</Button>
            </Note>
        }
    };
    move || passwords.get().into_iter().map(note).collect_view()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(server: serde_json::Value, image: &[(&str, &str)], expected: fn(&Way) -> bool) {
        let server: Server = serde_json::from_value(server).expect("a server");
        let image =
            image.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let found = way(&server, &image);
        assert!(expected(&found), "{found:?}");
    }

    #[test]
    fn the_way_in_follows_the_system_and_the_state() {
        let addresses = json!({"net": [{"addr": "203.0.113.7", "version": 4}]});
        let active = || json!({"id": "s", "status": "ACTIVE", "addresses": addresses});
        check(active(), &[("os_distro", "debian")], |way| {
            matches!(way, Way::Ssh { stopped: false, .. })
        });
        check(
            active(),
            &[("os_type", "windows")],
            |way| matches!(way, Way::Windows { address, user, inside: false, .. } if address == "203.0.113.7" && user == "Administrator"),
        );
        check(json!({"id": "s", "status": "SHUTOFF", "addresses": addresses}), &[], |way| {
            matches!(way, Way::Ssh { stopped: true, .. })
        });
        check(json!({"id": "s", "status": "BUILD"}), &[], |way| *way == Way::Waits);
        check(json!({"id": "s", "status": "ACTIVE"}), &[], |way| *way == Way::NoNetwork);
    }
}
