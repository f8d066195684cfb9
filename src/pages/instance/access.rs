//! How to log in, and every address.

use leptos::prelude::*;
use openstack::compute::{Address, Server, ServerStatus};

use super::Known;
use crate::components::server::{
    Login, Properties, Reach, UserFrom, is_windows, login, properties, reach,
};
use crate::text::tr;
use crate::ui::{CopyButton, Copyable, Panel};

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
    },
}

fn way(server: &Server, image: &Properties) -> Way {
    if let Some(login) = login(server, image) {
        let stopped = server.status == ServerStatus::Shutoff;
        return Way::Ssh { login, key: server.key_name.clone(), stopped };
    }
    match server.all_addresses().first() {
        Some(address) if is_windows(image) => Way::Windows { address: address.addr.clone() },
        _ if server.is_changing() => Way::Waits,
        _ => Way::NoNetwork,
    }
}

/// The panel.
#[component]
pub fn Access(
    /// The instance.
    known: Known,
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
    let addresses = Memo::new(move |_| {
        known.server.with(|server| {
            server.as_ref().map(|server| server.addresses.clone()).unwrap_or_default()
        })
    });
    view! {
        <Panel title=tr("Log in")>
            {move || way.get().map(|way| match way {
                Way::Waits => view! { <p class="small muted">{tr("Its address appears here as soon as it has one.")}</p> }.into_any(),
                Way::NoNetwork => view! {
                    <p class="small muted">{tr("It is on no network. Its console is the only way in.")}</p>
                }.into_any(),
                Way::Windows { address } => view! {
                    <p class="small">
                        {tr("Connect with Remote Desktop to ")} <Copyable text=address what=tr("address") />
                        {tr(" . The administrator’s password is set on its console at the first start.")}
                    </p>
                }.into_any(),
                Way::Ssh { login, key, stopped } => view! { <Ssh login=login key=key stopped=stopped /> }.into_any(),
            })}
            <Show when=move || !addresses.read().is_empty()>
                <dl class="facts facts--plain instance__addresses">
                    {move || addresses.get().into_iter().map(|(network, addresses)| view! {
                        <div class="facts__row">
                            <dt class="facts__term">{network}</dt>
                            <dd class="facts__value">
                                {addresses.into_iter().map(|address| view! { <OneAddress address=address /> }).collect_view()}
                            </dd>
                        </div>
                    }).collect_view()}
                </dl>
            </Show>
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
    let inside = (login.reach == Reach::Inside).then_some(
        tr("Its address is a private one: reach it from the same network, over a VPN, or after giving it a floating address."),
    );
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
            {stopped.then(|| view! {
                <p class="small"><strong>{tr("It is stopped.")}</strong>{tr(" Start it first; then it answers.")}</p>
            })}
            {inside.map(|text| view! {
                <p class="small"><strong>{tr("Not reached from the internet.")}</strong>" " {text}</p>
            })}
            {with_key}
            {user.map(|words| view! { <p class="small muted">{words}</p> })}
        </div>
    }
}

#[component]
fn OneAddress(address: Address) -> impl IntoView {
    let kind = match (address.is_floating(), reach(&address)) {
        (true, _) => tr("floating"),
        (false, Reach::Internet) => tr("public"),
        (false, Reach::Inside) => tr("private"),
    };
    view! {
        <span class="instance__address">
            <Copyable text=address.addr what=tr("address") />
            <span class="tag">{kind}</span>
        </span>
    }
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
        check(active(), &[("os_type", "windows")], |way| {
            *way == Way::Windows { address: "203.0.113.7".to_owned() }
        });
        check(json!({"id": "s", "status": "SHUTOFF", "addresses": addresses}), &[], |way| {
            matches!(way, Way::Ssh { stopped: true, .. })
        });
        check(json!({"id": "s", "status": "BUILD"}), &[], |way| *way == Way::Waits);
        check(json!({"id": "s", "status": "ACTIVE"}), &[], |way| *way == Way::NoNetwork);
    }
}
