//! What becomes of the things that belong to a server when it is deleted: carried out before and after, and set back when
//! the cloud refuses.

use openstack::compute::Server;
use openstack::{ApiError, ErrorKind, FloatingIpId, ServerId, VolumeId};

use super::deeds::Failure;
use crate::cloud::Cloud;
use crate::text::{errors, tr, tr_with};

/// What was chosen for each thing that belongs to a server.
pub(super) struct Fates {
    /// The volumes whose fate is to be said.
    pub volumes: Vec<VolumeFate>,
    /// Addresses to release.
    pub addresses: Vec<FloatingIpId>,
}

/// Whether a volume goes with its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VolumeFate {
    /// Which.
    pub id: VolumeId,
    /// Whether it was to go before the user was asked.
    pub went: bool,
    /// Whether it is to go now.
    pub goes: bool,
}

impl Fates {
    /// Says the fates, deletes the server, releases the addresses. An address that could not be released is told, but the
    /// server is on its way out by then.
    pub async fn delete(
        &self,
        cloud: &Cloud,
        server: &Server,
    ) -> Result<Option<ApiError>, Failure> {
        let id = &server.id;
        for (said, volume) in self.volumes.iter().enumerate() {
            if let Err(error) = cloud.set_volume_fate(id, &volume.id, volume.goes).await {
                // Where the answer was lost this one may be said already.
                let said = self.volumes.iter().take(said + usize::from(!is_refusal(&error)));
                let kept = kept_words(put_back(cloud, id, said).await);
                return Err(Failure { error, kept: Some(kept) });
            }
        }
        match cloud.delete_server(id).await {
            Ok(()) => {}
            // Somebody else was quicker: what was asked for is so.
            Err(error) if error.kind == ErrorKind::NotFound => {}
            Err(error) if self.volumes.is_empty() => return Err(error.into()),
            Err(error) if is_refusal(&error) => {
                let kept = kept_words(put_back(cloud, id, self.volumes.iter()).await);
                return Err(Failure { error, kept: Some(kept) });
            }
            // It may be on its way out: a volume that was to be kept must not go after all.
            Err(error) => {
                let kept = tr(
                    "Whether it is being deleted is not known: this page shows it in a moment. What you chose for its volumes holds.",
                );
                return Err(Failure { error, kept: Some(kept.to_owned()) });
            }
        }
        let mut left_behind = None;
        for address in &self.addresses {
            if let Err(error) = cloud.delete_floating_ip(address).await {
                left_behind = Some(error);
            }
        }
        Ok(left_behind)
    }
}

/// The cloud has heard it and said no, as opposed to an answer that nobody saw.
fn is_refusal(error: &ApiError) -> bool {
    error.status.is_some_and(|status| (400..500).contains(&status))
}

/// Sets fates back to what they were. Gives those for which that failed, and why.
async fn put_back(
    cloud: &Cloud,
    id: &ServerId,
    said: impl DoubleEndedIterator<Item = &VolumeFate>,
) -> Vec<(VolumeFate, ApiError)> {
    let mut failed = Vec::new();
    for volume in said.rev().filter(|volume| volume.went != volume.goes) {
        if let Err(error) = cloud.set_volume_fate(id, &volume.id, volume.went).await {
            failed.push((volume.clone(), error));
        }
    }
    failed
}

/// What is still as it was, and what is not.
fn kept_words(failed: Vec<(VolumeFate, ApiError)>) -> String {
    let Some((_, why)) = failed.first() else {
        return tr(
            "The instance is still there, and what becomes of its volumes is as it was before.",
        )
        .to_owned();
    };
    let why = errors::api(why, None).paragraph();
    let volumes = |goes: bool| {
        let of = failed.iter().filter(|(volume, _)| volume.goes == goes);
        let ids: Vec<&str> = of.map(|(volume, _)| volume.id.as_str()).collect();
        (!ids.is_empty()).then(|| ids.join(", "))
    };
    let goes = volumes(true).map(|ids| {
        tr_with(
            "When the instance is deleted these volumes now go with it: {ids}.",
            &[("ids", &ids)],
        )
    });
    let stays = volumes(false).map(|ids| {
        tr_with("When the instance is deleted these volumes now stay: {ids}.", &[("ids", &ids)])
    });
    let first = tr(
        "The instance is still there, but what you chose for its volumes could not be set back.",
    );
    [Some(first.to_owned()), goes, stays, Some(why)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use openstack::Service;

    use super::*;

    fn error(kind: ErrorKind, status: Option<u16>) -> ApiError {
        ApiError { status, ..ApiError::local("delete the instance", Service::Compute, kind, "") }
    }

    #[test]
    fn only_what_was_refused_is_set_back() {
        assert!(is_refusal(&error(ErrorKind::Conflict, Some(409))));
        assert!(is_refusal(&error(ErrorKind::Forbidden, Some(403))));
        // Nova may be deleting it: a volume that is to be kept stays so.
        assert!(!is_refusal(&error(ErrorKind::Server, Some(500))));
        assert!(!is_refusal(&error(ErrorKind::Timeout, None)));
        assert!(!is_refusal(&error(ErrorKind::Unreachable, None)));
    }

    #[test]
    fn a_fate_that_could_not_be_set_back_is_named() {
        assert!(kept_words(Vec::new()).contains("as it was before"));
        let one = |id: &str, goes: bool| {
            let fate = VolumeFate { id: VolumeId::from(id), went: !goes, goes };
            (fate, error(ErrorKind::Conflict, Some(409)))
        };
        let words = kept_words(vec![one("v", true), one("w", true), one("x", false)]);
        for part in ["could not be set back", "now go with it: v, w.", "now stay: x.", "(409)"] {
            assert!(words.contains(part), "{part:?} is not in {words:?}");
        }
    }
}
