//! What the cloud offers for a launch, each part looked up on its own: the form is not held up by the slowest, and one
//! that fails says so in its own place.

use futures_util::future::join;
use leptos::prelude::*;
use openstack::compute::{ComputeLimits, Feature, Flavor, Keypair, ServerGroup, Zone};
use openstack::image::Image;
use openstack::network::{Network, Room, SecurityGroup, Subnet};
use openstack::poll::Motion;
use openstack::volume::{VolumeLimits, VolumeType};
use openstack::{ApiError, ErrorKind, ImageId};

use super::fit;
use super::form::Offer;
use crate::cloud::{Cloud, use_cloud};
use crate::components::ErrorNote;
use crate::components::image::is_changing;
use crate::live::{Live, use_live};
use crate::remote::Phase;
use crate::ui::Skeleton;

/// Sizes, and what is left of the quota. A quota that cannot be read stops nobody: the cloud checks it anyway.
#[derive(Clone)]
pub struct Sizes {
    /// Small to large.
    pub flavors: Vec<Flavor>,
    /// The quota.
    pub limits: Result<ComputeLimits, ApiError>,
}

/// Kinds of volume, and what is left of the quota.
#[derive(Clone)]
pub struct Disks {
    /// By name, without Cinder's fallback.
    pub types: Vec<VolumeType>,
    /// The name of the one that is taken unless another is asked for.
    pub default: Option<String>,
    /// The quota.
    pub limits: Result<VolumeLimits, ApiError>,
}

/// Networks with their ranges.
#[derive(Clone)]
pub struct Networks {
    /// By name, the project's own first.
    pub networks: Vec<Network>,
    /// Of all of them.
    pub subnets: Vec<Subnet>,
}

/// Everything. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Supply {
    /// What is launched.
    pub image: Live<Image>,
    /// Sizes and quota.
    pub sizes: Live<Sizes>,
    /// Volumes.
    pub disks: Live<Disks>,
    /// Networks.
    pub networks: Live<Networks>,
    /// Security groups by name, `default` first.
    pub groups: Live<Vec<SecurityGroup>>,
    /// The user's key pairs by name.
    pub keys: Live<Vec<Keypair>>,
    /// The zones.
    pub zones: Live<Vec<Zone>>,
    /// The server groups by name.
    pub server_groups: Live<Vec<ServerGroup>>,
    /// The quota of network ports, where the cloud tells it.
    pub ports: Live<Option<Room>>,
    /// The zones for volumes.
    pub volume_zones: Live<Vec<Zone>>,
    /// Whether the cloud takes host names with dots.
    pub dots: Live<bool>,
    smallest_volume_gib: u64,
    architectures: StoredValue<Vec<String>>,
}

/// Looks everything up.
pub fn use_supply(id: ImageId) -> Supply {
    let cloud = use_cloud();
    let smallest_volume_gib = cloud.config().smallest_boot_volume_gib.map_or(0, u64::from);
    let image = {
        let cloud = cloud.clone();
        use_live(
            Signal::stored(id),
            move |id: ImageId| {
                let cloud = cloud.clone();
                async move { cloud.image(&id).await }
            },
            |image| Motion::any([is_changing(image)]),
        )
    };
    Supply {
        image,
        sizes: once(&cloud, |cloud| async move { sizes(&cloud).await }),
        disks: once(&cloud, |cloud| async move { disks(&cloud).await }),
        networks: once(&cloud, |cloud| async move { networks(&cloud).await }),
        groups: once(&cloud, |cloud| async move { groups(&cloud).await }),
        keys: once(&cloud, |cloud| async move { keys(&cloud).await }),
        zones: once(&cloud, |cloud| async move { cloud.zones().await }),
        server_groups: once(&cloud, |cloud| async move { server_groups(&cloud).await }),
        ports: once(&cloud, |cloud| async move { ports(&cloud).await }),
        volume_zones: once(&cloud, |cloud| async move { cloud.volume_zones().await }),
        dots: once(&cloud, |cloud| async move { cloud.compute_has(Feature::FullHostname).await }),
        smallest_volume_gib,
        architectures: StoredValue::new(cloud.config().images.architectures.clone()),
    }
}

/// Something that does not change by itself: looked at again only in the rhythm of things at rest.
fn once<T, F>(cloud: &Cloud, fetch: fn(Cloud) -> F) -> Live<T>
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    let cloud = cloud.clone();
    use_live(Signal::stored(()), move |()| fetch(cloud.clone()), |_| Motion::Still)
}

async fn sizes(cloud: &Cloud) -> Result<Sizes, ApiError> {
    let (flavors, limits) = join(cloud.flavors(), cloud.compute_limits()).await;
    let mut flavors = flavors?.items;
    fit::sort(&mut flavors);
    Ok(Sizes { flavors, limits })
}

async fn disks(cloud: &Cloud) -> Result<Disks, ApiError> {
    let (types, limits) = join(cloud.volume_types(), cloud.volume_limits()).await;
    let (types, default) = types?;
    let default = default.map(|kind| kind.name);
    let mut types = types.items;
    // Cinder's own fallback is no kind that anybody chooses, unless it is what is taken.
    types.retain(|kind| kind.name != "__DEFAULT__" || default.as_deref() == Some("__DEFAULT__"));
    types.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Disks { types, default, limits })
}

async fn networks(cloud: &Cloud) -> Result<Networks, ApiError> {
    let (networks, subnets) = join(cloud.networks(), cloud.subnets()).await;
    let mut networks = networks?.items;
    networks.sort_by_cached_key(|network| {
        (network.external, network.shared, network.name.to_lowercase())
    });
    Ok(Networks { networks, subnets: subnets?.items })
}

async fn groups(cloud: &Cloud) -> Result<Vec<SecurityGroup>, ApiError> {
    let mut groups = cloud.security_groups().await?.items;
    groups.sort_by_cached_key(|group| (group.name != "default", group.name.to_lowercase()));
    Ok(groups)
}

async fn keys(cloud: &Cloud) -> Result<Vec<Keypair>, ApiError> {
    let mut keys = cloud.keypairs().await?.items;
    keys.sort_by_cached_key(|key| key.name.to_lowercase());
    Ok(keys)
}

async fn server_groups(cloud: &Cloud) -> Result<Vec<ServerGroup>, ApiError> {
    let mut groups = cloud.server_groups().await?.items;
    groups.sort_by_cached_key(|group| group.name.to_lowercase());
    Ok(groups)
}

async fn ports(cloud: &Cloud) -> Result<Option<Room>, ApiError> {
    Ok(cloud.network_quota().await?.map(|quota| quota.ports))
}

impl Supply {
    /// All of it in the form that the draft is held against; `None` until the image is known.
    pub fn offer(self) -> Option<Offer> {
        let image = value(self.image)?;
        let sizes = value(self.sizes);
        let disks = value(self.disks);
        let names = |zones: Option<Vec<Zone>>| {
            zones.unwrap_or_default().into_iter().map(|zone| zone.name).collect::<Vec<_>>()
        };
        Some(Offer {
            limits: sizes.as_ref().and_then(|sizes| sizes.limits.as_ref().ok().copied()),
            flavors: sizes.map(|sizes| sizes.flavors).unwrap_or_default(),
            architectures: self.architectures.get_value(),
            volume_limits: disks.as_ref().and_then(|disks| disks.limits.as_ref().ok().copied()),
            volume_types: disks
                .map(|disks| disks.types.into_iter().map(|kind| kind.name).collect())
                .unwrap_or_default(),
            ports: value(self.ports).flatten(),
            networks: value(self.networks).map(|networks| networks.networks).unwrap_or_default(),
            groups: value(self.groups).unwrap_or_default(),
            keys: value(self.keys),
            server_groups: value(self.server_groups),
            zones: names(value(self.zones)),
            volume_zones: names(value(self.volume_zones)),
            dots_in_host_names: value(self.dots).unwrap_or(false),
            ..Offer::of(image, self.smallest_volume_gib)
        })
    }

    /// Whether something that a link can name is still looked up. What failed is not waited for.
    pub fn is_looking(self) -> bool {
        fn looks<T: Clone + Send + Sync + 'static>(live: Live<T>) -> bool {
            live.remote().with(|remote| remote.phase() == Phase::Loading)
        }
        looks(self.sizes)
            || looks(self.disks)
            || looks(self.networks)
            || looks(self.groups)
            || looks(self.keys)
            || looks(self.server_groups)
            || looks(self.zones)
    }

    /// Whether this region has no volume service at all.
    pub fn has_no_volumes(self) -> bool {
        self.disks.remote().with(|remote| {
            remote.error.as_ref().is_some_and(|error| error.kind == ErrorKind::NoEndpoint)
        })
    }
}

/// What is known of something, however old.
pub fn value<T: Clone + Send + Sync + 'static>(live: Live<T>) -> Option<T> {
    live.remote().with(|remote| remote.value().cloned())
}

/// A part of the page that needs one thing: grey lines until it is there, the error when it does not come, and then the
/// part itself, made once.
pub fn waiting<T>(
    live: Live<T>,
    lines: usize,
    ready: impl Fn() -> AnyView + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    let phase = Memo::new(move |_| live.remote().with(|remote| remote.phase()));
    let error = Memo::new(move |_| live.remote().with(|remote| remote.error.clone()));
    move || match phase.get() {
        Phase::Loading => view! { <Skeleton lines=lines /> }.into_any(),
        Phase::Failed => view! {
            {move || error.get().map(|error| view! {
                <ErrorNote error=Signal::stored(error) on_retry=move |()| live.refresh() />
            })}
        }
        .into_any(),
        Phase::Ready => ready(),
    }
}
