//! Passwords that the cloud says once, when a server is launched or rescued, and keeps nowhere. They are kept in this tab's
//! memory until the user has noted them: never in the browser's storage, and gone with a reload.

use std::cell::RefCell;
use std::collections::BTreeMap;

use openstack::ServerId;
use openstack::identity::Secret;

use crate::cloud::Cloud;

/// Of what a password is. A server can have one of each at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PasswordOf {
    /// The server's own administrator.
    Server,
    /// The system that it is rescued with.
    Rescue,
}

/// By whose they are, of which server, and of what.
#[derive(Default)]
struct Kept(BTreeMap<(String, ServerId, PasswordOf), Secret>);

impl Kept {
    fn of(&self, owner: &str, id: &ServerId) -> Vec<(PasswordOf, Secret)> {
        let own = self.0.iter().filter(|((whose, server, _), _)| whose == owner && server == id);
        own.map(|((.., of), password)| (*of, password.clone())).collect()
    }
}

thread_local! {
    static KEPT: RefCell<Kept> = const { RefCell::new(Kept(BTreeMap::new())) };
}

/// Whose it is: nobody else who signs in here sees it.
fn owner(cloud: &Cloud) -> String {
    format!("{}/{}", cloud.key(), cloud.user().id)
}

/// Keeps a password that the cloud has just said.
pub fn keep_password(cloud: &Cloud, id: &ServerId, of: PasswordOf, password: Secret) {
    KEPT.with_borrow_mut(|kept| drop(kept.0.insert((owner(cloud), id.clone(), of), password)));
}

/// The passwords of a server that are kept, its own first.
pub fn kept_passwords(cloud: &Cloud, id: &ServerId) -> Vec<(PasswordOf, Secret)> {
    KEPT.with_borrow(|kept| kept.of(&owner(cloud), id))
}

/// Forgets one: the user has noted it.
pub fn forget_password(cloud: &Cloud, id: &ServerId, of: PasswordOf) {
    KEPT.with_borrow_mut(|kept| drop(kept.0.remove(&(owner(cloud), id.clone(), of))));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rescue_takes_no_password_of_the_server_away() {
        let mut kept = Kept::default();
        let mut keep = |owner: &str, server: &str, of, password: &str| {
            let key = (owner.to_owned(), ServerId::from(server), of);
            drop(kept.0.insert(key, Secret::new(password)));
        };
        keep("me", "s", PasswordOf::Rescue, "rescue");
        keep("me", "s", PasswordOf::Server, "launch");
        keep("me", "other", PasswordOf::Server, "another");
        keep("you", "s", PasswordOf::Server, "yours");
        let found = kept.of("me", &ServerId::from("s"));
        let found: Vec<_> = found.iter().map(|(of, one)| (*of, one.reveal())).collect();
        assert_eq!(found, [(PasswordOf::Server, "launch"), (PasswordOf::Rescue, "rescue")]);
    }
}
