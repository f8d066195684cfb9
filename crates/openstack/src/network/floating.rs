//! Floating addresses: public ones that a router passes on to a port of the project.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::call::Call;
use crate::client::Client;
use crate::decode::{Listing, null_as_default};
use crate::endpoint::{Service, segment};
use crate::error::ApiError;
use crate::ids::{FloatingIpId, NetworkId, PortId, RouterId};
use crate::query::Query;
use crate::transport::{Method, Transport};

/// A floating address of the project. It is paid for until it is deleted, also while it is tied to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FloatingIp {
    /// Its id.
    pub id: FloatingIpId,
    /// The address itself.
    #[serde(rename = "floating_ip_address")]
    pub address: String,
    /// The external network that it comes from.
    #[serde(rename = "floating_network_id")]
    pub network_id: NetworkId,
    /// The port that it is tied to.
    #[serde(default)]
    pub port_id: Option<PortId>,
    /// Which of the port's addresses it stands for.
    #[serde(default)]
    pub fixed_ip_address: Option<String>,
    /// The router that passes it on.
    #[serde(default)]
    pub router_id: Option<RouterId>,
    /// `ACTIVE`, `DOWN` while it is tied to nothing, `ERROR`.
    #[serde(default)]
    pub status: Option<String>,
    /// In the user's words.
    #[serde(default, deserialize_with = "null_as_default")]
    pub description: String,
}

impl FloatingIp {
    /// Whether it is tied to nothing.
    pub fn is_free(&self) -> bool {
        self.port_id.is_none()
    }
}

/// What a floating address is to stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plug {
    /// The port.
    pub port: PortId,
    /// Which of its addresses; its only IPv4 one when `None`.
    pub fixed_ip: Option<String>,
}

/// The project's floating addresses. (Someone with more rights sees other projects' too, so the project is asked for.)
///
/// # Errors
/// 404 where the cloud has no routers.
pub async fn floating_ips<T: Transport>(
    client: &Client<T>,
) -> Result<Listing<FloatingIp>, ApiError> {
    let session = client.session();
    let project = session.project.as_ref().map(|project| project.id.as_str());
    let query = Query::new().with_some("project_id", project);
    let call = Call::new("list floating addresses", Service::Network, Method::Get, "/floatingips")
        .query(query);
    client.all_pages(call, "floatingips").await
}

/// Gives the project a new address of an external network, tied at once to what is named.
///
/// # Errors
/// 409 over quota (`OverQuota`) and where the network has none left (`IpAddressGenerationFailure`); 404 where no router
/// joins the port's network with the external one (`ExternalGatewayForFloatingIPNotFound`), 400 for a network that is not
/// external.
pub async fn create_floating_ip<T: Transport>(
    client: &Client<T>,
    network: &NetworkId,
    plug: Option<&Plug>,
) -> Result<FloatingIp, ApiError> {
    let mut body = json!({"floating_network_id": network});
    if let Some(plug) = plug {
        tie(&mut body, plug);
    }
    let call = Call::new("get a floating address", Service::Network, Method::Post, "/floatingips");
    client.json_under(call.json(&json!({"floatingip": body})), "floatingip").await
}

/// Ties an address that the project has to a port, or to another one.
///
/// # Errors
/// 404 as with [`create_floating_ip`]; 409 where the port has a floating address of that network already
/// (`FloatingIPPortAlreadyAssociated`).
pub async fn associate_floating_ip<T: Transport>(
    client: &Client<T>,
    id: &FloatingIpId,
    plug: &Plug,
) -> Result<FloatingIp, ApiError> {
    let mut body = json!({});
    tie(&mut body, plug);
    change(client, "associate the floating address", id, &body).await
}

/// Unties an address; the project keeps it.
///
/// # Errors
/// 404 when it is gone.
pub async fn disassociate_floating_ip<T: Transport>(
    client: &Client<T>,
    id: &FloatingIpId,
) -> Result<FloatingIp, ApiError> {
    change(client, "take the floating address away", id, &json!({"port_id": null})).await
}

/// Gives an address back to the cloud; who gets it next is not known.
///
/// # Errors
/// 404 when it is gone.
pub async fn delete_floating_ip<T: Transport>(
    client: &Client<T>,
    id: &FloatingIpId,
) -> Result<(), ApiError> {
    let call =
        Call::new("give the floating address back", Service::Network, Method::Delete, path(id));
    client.send(call).await.map(drop)
}

async fn change<T: Transport>(
    client: &Client<T>,
    operation: &'static str,
    id: &FloatingIpId,
    body: &Value,
) -> Result<FloatingIp, ApiError> {
    let call = Call::new(operation, Service::Network, Method::Put, path(id));
    client.json_under(call.json(&json!({"floatingip": body})), "floatingip").await
}

fn tie(body: &mut Value, plug: &Plug) {
    let Some(object) = body.as_object_mut() else { return };
    object.insert("port_id".to_owned(), json!(plug.port));
    if let Some(fixed_ip) = &plug.fixed_ip {
        object.insert("fixed_ip_address".to_owned(), json!(fixed_ip));
    }
}

fn path(id: &FloatingIpId) -> String {
    format!("/floatingips/{}", segment(id.as_str()))
}
