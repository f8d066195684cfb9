//! Neutron over HTTP: samples of a real one, addresses, groups, floating addresses, and what is refused.

use crate::support::contract::Sample;
use crate::support::{Answer, Cloud};
use serde_json::{Value, json};

fn sample(name: &str) -> Sample {
    Sample::load("neutron", name)
}

async fn ask(cloud: &Cloud, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
    cloud.send(method, &format!("/networking/v2.0{path}"), token, body).await
}

async fn network(cloud: &Cloud, token: &str, name: &str) -> String {
    ask(cloud, token, "GET", &format!("/networks?name={name}"), None).await.text("/networks/0/id")
}

#[tokio::test]
async fn answers_as_recorded() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    sample("versions").check(&cloud.get("/networking/", "").await);
    sample("no-token").check(&cloud.get("/networking/v2.0/networks", "").await);
    let project = devcloud::well_known::PROJECT_DEMO;
    for (name, path) in [
        ("networks", "/networks"),
        ("networks-external", "/networks?router:external=true"),
        ("networks-shared", "/networks?shared=true"),
        ("networks-fields", "/networks?fields=id&fields=name"),
        ("subnets", "/subnets"),
        ("security-groups", "/security-groups"),
        ("security-group-rules", "/security-group-rules"),
        ("ports", "/ports"),
        ("routers", "/routers"),
        ("floatingips", "/floatingips"),
        ("networks-page", "/networks?limit=1&sort_key=name&sort_dir=asc"),
        ("extensions", "/extensions"),
        ("quota", &format!("/quotas/{project}")),
        ("quota-details", &format!("/quotas/{project}/details")),
        ("ip-availabilities", "/network-ip-availabilities"),
        ("auto-allocated", "/auto-allocated-topology/null"),
        ("network-missing", "/networks/none"),
    ] {
        let sample = sample(name)
            .optional("/networks/*/is_default")
            .may_be_empty("/subnets/*/dns_nameservers")
            .nullable("/security_groups/*/security_group_rules/*/description");
        sample.check(&ask(&cloud, &token, "GET", path, None).await);
    }
    let shared = json!({"network": {"name": "x", "shared": true}});
    let refused = ask(&cloud, &token, "POST", "/networks", Some(shared)).await;
    sample("network-shared-refused").check(&refused);
    assert_eq!(refused.body, *sample("network-shared-refused").body());
    let external = network(&cloud, &token, "dev-1a").await;
    let body = json!({"floatingip": {"floating_network_id": external}});
    let made = ask(&cloud, &token, "POST", "/floatingips", Some(body)).await;
    sample("floatingip-create").check(&made);
    let id = made.text("/floatingip/id");
    sample("floatingip-delete")
        .check(&ask(&cloud, &token, "DELETE", &format!("/floatingips/{id}"), None).await);
}

#[tokio::test]
async fn addresses_are_given_once_and_come_back() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let post = async |path: &str, body: Value| ask(&cloud, &token, "POST", path, Some(body)).await;
    let own = post("/networks", json!({"network": {"name": "small"}}))
        .await
        .expect(201)
        .text("/network/id");
    let subnet = json!({"subnet": {"network_id": own, "ip_version": 4, "cidr": "10.9.0.0/29"}});
    let subnet = post("/subnets", subnet).await.expect(201);
    assert_eq!(subnet.text("/subnet/gateway_ip"), "10.9.0.1");
    let mut given = Vec::new();
    for _ in 0..5 {
        let port = post("/ports", json!({"port": {"network_id": own}})).await.expect(201);
        given.push(port.text("/port/fixed_ips/0/ip_address"));
        assert!(port.text("/port/mac_address").starts_with("fa:16:3e:"));
    }
    assert_eq!(given, ["10.9.0.2", "10.9.0.3", "10.9.0.4", "10.9.0.5", "10.9.0.6"]);
    let full = post("/ports", json!({"port": {"network_id": own}})).await.expect(409);
    assert_eq!(full.text("/NeutronError/type"), "IpAddressGenerationFailure");
    let port = ask(&cloud, &token, "GET", "/ports?fixed_ips=ip_address=10.9.0.4", None)
        .await
        .text("/ports/0/id");
    ask(&cloud, &token, "DELETE", &format!("/networks/{own}"), None).await.expect(409);
    ask(&cloud, &token, "DELETE", &format!("/ports/{port}"), None).await.expect(204);
    let wish = |ip: &str| json!({"port": {"network_id": own, "fixed_ips": [{"ip_address": ip}]}});
    post("/ports", wish("10.9.0.5")).await.expect(409);
    post("/ports", wish("10.8.0.5")).await.expect(400);
    let again = post("/ports", wish("10.9.0.4")).await.expect(201);
    assert_eq!(again.text("/port/fixed_ips/0/ip_address"), "10.9.0.4");
}

#[tokio::test]
async fn groups_begin_with_a_default_and_take_rules() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("other", "other").await;
    let first = ask(&cloud, &token, "GET", "/security-groups", None).await.expect(200);
    assert_eq!(first.text("/security_groups/0/name"), "default");
    let default = first.text("/security_groups/0/id");
    ask(&cloud, &token, "DELETE", &format!("/security-groups/{default}"), None).await.expect(409);
    let post = async |path: &str, body: Value| ask(&cloud, &token, "POST", path, Some(body)).await;
    let group =
        post("/security-groups", json!({"security_group": {"name": "web"}})).await.expect(201);
    assert_eq!(group.body["security_group"]["security_group_rules"].as_array().unwrap().len(), 2);
    let group = group.text("/security_group/id");
    let rule = |change: Value| {
        let mut rule = json!({"security_group_id": group, "direction": "ingress", "protocol": "tcp",
            "port_range_min": 80, "port_range_max": 80, "remote_ip_prefix": "0.0.0.0/0"});
        for (name, value) in change.as_object().unwrap() {
            rule[name] = value.clone();
        }
        json!({"security_group_rule": rule})
    };
    let made = post("/security-group-rules", rule(json!({}))).await.expect(201);
    post("/security-group-rules", rule(json!({}))).await.expect(409);
    for change in [
        json!({"port_range_min": 90}),
        json!({"port_range_max": 99_999}),
        json!({"direction": "sideways"}),
        json!({"ethertype": "IPv5"}),
        json!({"remote_ip_prefix": "nonsense"}),
        json!({"protocol": null}),
        json!({"nonsense": 1}),
        json!({"port_range_min": "x"}),
    ] {
        let refused = post("/security-group-rules", rule(change.clone())).await;
        assert_eq!(refused.status, 400, "{change} {refused:?}");
    }
    let id = made.text("/security_group_rule/id");
    ask(&cloud, &token, "DELETE", &format!("/security-group-rules/{id}"), None).await.expect(204);
    ask(&cloud, &token, "DELETE", &format!("/security-groups/{group}"), None).await.expect(204);
}

#[tokio::test]
async fn a_floating_address_is_tied_to_a_port() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let (inside, outside) =
        (network(&cloud, &token, "demo-internal").await, network(&cloud, &token, "dev-1a").await);
    let post = async |path: &str, body: Value| ask(&cloud, &token, "POST", path, Some(body)).await;
    let port = post("/ports", json!({"port": {"network_id": inside}})).await.expect(201);
    let id = port.text("/port/id");
    let body = json!({"floatingip": {"floating_network_id": outside, "port_id": id}});
    let tied = post("/floatingips", body.clone()).await.expect(201);
    assert_eq!(tied.text("/floatingip/status"), "ACTIVE");
    assert_eq!(
        tied.text("/floatingip/fixed_ip_address"),
        port.text("/port/fixed_ips/0/ip_address")
    );
    post("/floatingips", body).await.expect(409);
    post("/floatingips", json!({"floatingip": {"floating_network_id": inside}})).await.expect(400);
    ask(&cloud, &token, "DELETE", &format!("/ports/{id}"), None).await.expect(204);
    let fip = tied.text("/floatingip/id");
    let free = ask(&cloud, &token, "GET", &format!("/floatingips/{fip}"), None).await.expect(200);
    assert_eq!(free.text("/floatingip/status"), "DOWN");
    assert_eq!(free.body["floatingip"]["port_id"], Value::Null);
}

#[tokio::test]
async fn others_and_readers_stay_out() {
    let cloud = Cloud::start().await;
    let demo = cloud.sign_in("demo", "demo").await;
    let other = cloud.sign_in("other", "other").await;
    let viewer = cloud.sign_in("viewer", "demo").await;
    let inside = network(&cloud, &demo, "demo-internal").await;
    let body = json!({"port": {"network_id": inside}});
    let port =
        ask(&cloud, &demo, "POST", "/ports", Some(body.clone())).await.expect(201).text("/port/id");
    for (method, path, body) in [
        ("GET", format!("/networks/{inside}"), None),
        ("DELETE", format!("/networks/{inside}"), None),
        ("GET", format!("/ports/{port}"), None),
        ("PUT", format!("/ports/{port}"), Some(json!({"port": {"name": "mine"}}))),
        ("DELETE", format!("/ports/{port}"), None),
        ("POST", "/ports".to_owned(), Some(body.clone())),
    ] {
        ask(&cloud, &other, method, &path, body).await.expect(404);
    }
    let list = ask(&cloud, &other, "GET", &format!("/ports?id={port}"), None).await;
    assert_eq!(list.body["ports"], json!([]));
    let shared = network(&cloud, &other, "dev-1a-direct").await;
    ask(&cloud, &other, "DELETE", &format!("/networks/{shared}"), None).await.expect(403);
    let refused = ask(&cloud, &viewer, "POST", "/ports", Some(body)).await.expect(403);
    assert_eq!(refused.text("/NeutronError/message"), "rule:create_port is disallowed by policy");
    ask(&cloud, &viewer, "DELETE", &format!("/ports/{port}"), None).await.expect(403);
    let project = devcloud::well_known::PROJECT_DEMO;
    ask(&cloud, &other, "GET", &format!("/quotas/{project}"), None).await.expect(403);
}

#[tokio::test]
async fn bad_requests_get_neutrons_answer() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let own = json!({"network": {"name": "own"}});
    let own =
        ask(&cloud, &token, "POST", "/networks", Some(own)).await.expect(201).text("/network/id");
    let subnet = |change: Value| {
        let mut subnet = json!({"network_id": own, "ip_version": 4, "cidr": "10.7.0.0/24"});
        for (name, value) in change.as_object().unwrap() {
            subnet[name] = value.clone();
        }
        json!({"subnet": subnet})
    };
    for (method, path, body, status) in [
        ("GET", "/nonsense", None, 404),
        ("GET", "/networks?nonsense=1", None, 400),
        ("GET", "/networks?limit=x", None, 400),
        ("GET", "/networks?sort_key=name", None, 400),
        ("GET", "/networks?sort_key=name&sort_dir=up", None, 400),
        ("PATCH", "/networks", None, 405),
        ("POST", "/networks", Some(json!({})), 400),
        ("POST", "/networks", Some(json!({"network": 1})), 400),
        ("POST", "/networks", Some(json!({"network": {"nonsense": 1}})), 400),
        ("POST", "/networks", Some(json!({"network": {"name": 1}})), 400),
        ("POST", "/networks", Some(json!({"network": {"admin_state_up": "perhaps"}})), 400),
        ("POST", "/networks", Some(json!({"network": {"project_id": "someone"}})), 400),
        ("POST", "/ports", Some(json!({"port": {}})), 400),
        ("POST", "/ports", Some(json!({"port": {"network_id": "none"}})), 404),
        ("POST", "/subnets", Some(json!({"subnet": {"network_id": "none", "ip_version": 4}})), 404),
        ("POST", "/floatingips", Some(json!({"floatingip": {"floating_network_id": "none"}})), 404),
        ("POST", "/subnets", Some(subnet(json!({"dns_nameservers": 5}))), 400),
        ("POST", "/subnets", Some(subnet(json!({"gateway_ip": "here"}))), 400),
        ("POST", "/subnets", Some(subnet(json!({"cidr": "10.0.0.0/99"}))), 400),
        ("POST", "/subnets", Some(subnet(json!({"ip_version": 6}))), 400),
    ] {
        let answer = ask(&cloud, &token, method, path, body.clone()).await;
        assert_eq!(answer.status, status, "{method} {path} {body:?} {answer:?}");
        answer.text("/NeutronError/message");
    }
    let broken =
        cloud.request("POST", "/networking/v2.0/networks", &token).body("{").send().await.unwrap();
    Answer::of(broken).await.expect(400);
}

#[tokio::test]
async fn a_floating_address_needs_a_router_and_one_fixed_address() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let post = async |path: &str, body: Value| ask(&cloud, &token, "POST", path, Some(body)).await;
    let outside = network(&cloud, &token, "dev-1a").await;
    let fip = post("/floatingips", json!({"floatingip": {"floating_network_id": outside}})).await;
    let fip = fip.expect(201).text("/floatingip/id");
    let put = async |body: Value| {
        let path = format!("/floatingips/{fip}");
        ask(&cloud, &token, "PUT", &path, Some(json!({"floatingip": body}))).await
    };
    let plain = network(&cloud, &token, "dev-1a-direct").await;
    let port = post("/ports", json!({"port": {"network_id": plain}})).await.expect(201);
    let (id, subnet) = (port.text("/port/id"), port.text("/port/fixed_ips/0/subnet_id"));
    let refused = put(json!({"port_id": id})).await.expect(404);
    assert_eq!(refused.text("/NeutronError/type"), "ExternalGatewayForFloatingIPNotFound");
    assert_eq!(
        refused.text("/NeutronError/message"),
        format!(
            "External network {outside} is not reachable from subnet {subnet}.  Therefore, cannot associate Port {id} \
             with a Floating IP."
        )
    );

    let inside = network(&cloud, &token, "demo-internal").await;
    let two = json!({"port": {"network_id": inside, "name": "two",
        "fixed_ips": [{"ip_address": "192.168.0.50"}, {"ip_address": "192.168.0.51"}]}});
    let two = post("/ports", two).await.expect(201).text("/port/id");
    for (body, status, words) in [
        (json!({"port_id": two}), 400, "has multiple fixed IPv4 addresses"),
        (
            json!({"port_id": two, "fixed_ip_address": "192.168.0.9"}),
            400,
            "does not have fixed ip 192.168.0.9",
        ),
        (json!({"fixed_ip_address": "192.168.0.50"}), 400, "cannot be specified without a port_id"),
        (json!({"port_id": "none"}), 404, "Port none could not be found."),
        (
            json!({"floating_network_id": inside}),
            400,
            "Cannot update read-only attribute floating_network_id",
        ),
    ] {
        let refused = put(body.clone()).await;
        assert_eq!(refused.status, status, "{body} {refused:?}");
        let message = refused.text("/NeutronError/message");
        assert!(message.contains(words), "{message}");
    }
    let tied = put(json!({"port_id": two, "fixed_ip_address": "192.168.0.51"})).await.expect(200);
    assert_eq!(tied.text("/floatingip/fixed_ip_address"), "192.168.0.51");
    assert_eq!(tied.text("/floatingip/port_details/name"), "two");
    // The details are the port's as it is now.
    let path = format!("/ports/{two}");
    ask(&cloud, &token, "PUT", &path, Some(json!({"port": {"name": "renamed"}}))).await.expect(200);
    let kept = put(json!({"description": "still tied"})).await.expect(200);
    assert_eq!(kept.text("/floatingip/port_details/name"), "renamed");
    let router = ask(&cloud, &token, "GET", "/routers", None).await;
    assert_eq!(kept.text("/floatingip/router_id"), router.text("/routers/0/id"));
    let free = put(json!({"port_id": null})).await.expect(200);
    assert_eq!(
        (&free.body["floatingip"]["router_id"], free.text("/floatingip/status")),
        (&Value::Null, "DOWN".into())
    );
    let wish = json!({"floatingip": {"floating_network_id": outside, "floating_ip_address": "203.0.113.40"}});
    let refused = post("/floatingips", wish).await.expect(403);
    assert_eq!(
        refused.text("/NeutronError/message"),
        "(rule:create_floatingip and rule:create_floatingip:floating_ip_address) is disallowed by policy"
    );
}

#[tokio::test]
async fn quotas_of_a_small_project_are_soon_full() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("other", "other").await;
    let project = devcloud::well_known::PROJECT_OTHER;
    let limits = ask(&cloud, &token, "GET", &format!("/quotas/{project}"), None).await.expect(200);
    let (inside, outside) =
        (network(&cloud, &token, "other-internal").await, network(&cloud, &token, "dev-1a").await);
    for (kind, path, body) in [
        ("port", "/ports", json!({"port": {"network_id": inside}})),
        ("floatingip", "/floatingips", json!({"floatingip": {"floating_network_id": outside}})),
    ] {
        let limit = limits.body["quota"][kind].as_i64().unwrap();
        for _ in 0..limit {
            ask(&cloud, &token, "POST", path, Some(body.clone())).await.expect(201);
        }
        let refused = ask(&cloud, &token, "POST", path, Some(body)).await.expect(409);
        assert_eq!(refused.text("/NeutronError/type"), "OverQuota");
        assert_eq!(
            refused.text("/NeutronError/message"),
            format!("Quota exceeded for resources: ['{kind}'].")
        );
        let path = format!("/quotas/{project}/details");
        let details = ask(&cloud, &token, "GET", &path, None).await;
        assert_eq!(
            details.body["quota"][kind],
            json!({"limit": limit, "used": limit, "reserved": 0})
        );
    }
}
