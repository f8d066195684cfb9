//! Passwords that the cloud says once, when a server is launched or rescued, and keeps nowhere. They are kept in this tab's
//! memory until the user has noted them: never in the browser's storage, and gone with a reload.

use std::cell::RefCell;
use std::collections::BTreeMap;

use openstack::ServerId;
use openstack::identity::Secret;

use crate::cloud::Cloud;

thread_local! {
    static KEPT: RefCell<BTreeMap<(String, ServerId), Secret>> = const { RefCell::new(BTreeMap::new()) };
}

/// Whose it is: nobody else who signs in here sees it.
fn key(cloud: &Cloud, id: &ServerId) -> (String, ServerId) {
    (format!("{}/{}", cloud.key(), cloud.user().id), id.clone())
}

/// Keeps the password of a server that was just launched.
pub fn keep_password(cloud: &Cloud, id: &ServerId, password: Secret) {
    KEPT.with_borrow_mut(|kept| drop(kept.insert(key(cloud, id), password)));
}

/// The password, while it is kept.
pub fn kept_password(cloud: &Cloud, id: &ServerId) -> Option<Secret> {
    KEPT.with_borrow(|kept| kept.get(&key(cloud, id)).cloned())
}

/// Forgets it: the user has noted it.
pub fn forget_password(cloud: &Cloud, id: &ServerId) {
    KEPT.with_borrow_mut(|kept| drop(kept.remove(&key(cloud, id))));
}
