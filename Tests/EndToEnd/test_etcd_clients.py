"""Client libraries of other people: aetcd and grpcio's reflection and health over gRPC, etcd3gw over the gateway."""

import asyncio
import socket
import subprocess

import pytest

import cluster as cluster_module
from etcd_tools import free_port, is_healthy, pure_etcd

import aetcd
import etcd3gw
import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase


@pytest.fixture(scope="module")
def server():
    with pure_etcd() as cluster:
        yield cluster


# --- aetcd, over the Unix socket

def with_aetcd(server, body):
    async def run():
        # It joins host and port with a colon, and gRPC takes the result for what it is: unix:/path.
        async with aetcd.Client(host="unix", port=server.socket, timeout=20) as client:
            await asyncio.wait_for(body(client), 60)
    asyncio.run(run())


def test_aetcd_keys(server):
    async def body(client):
        await client.put(b"py/a", b"1")
        await client.put(b"py/b", b"2")
        assert (await client.get(b"py/a")).value == b"1"
        assert [kv.key for kv in await client.get_prefix(b"py/", sort_order="descend")] == [b"py/b", b"py/a"]
        assert await client.replace(b"py/a", b"1", b"3") is True
        assert await client.replace(b"py/a", b"1", b"4") is False
        done, _ = await client.transaction(
            compare=[client.transactions.value(b"py/a") == b"3", client.transactions.version(b"py/b") > 0],
            success=[client.transactions.put(b"py/c", b"5")], failure=[client.transactions.delete(b"py/a")])
        assert done is True
        assert await client.delete(b"py/a") is not None
        assert await client.get(b"py/a") is None
        await client.compact((await client.status()).raft_index)
        await client.delete_prefix(b"py/")
    with_aetcd(server, body)


def test_aetcd_watch(server):
    async def body(client):
        watch = await client.watch(b"pw")
        for value in (b"1", b"2"):
            await client.put(b"pw", value)
        await client.delete(b"pw")
        seen = []
        async for event in watch:
            seen.append((str(event.kind).rsplit(".")[-1].upper(), event.kv.value))
            if len(seen) == 3:
                break
        assert seen == [("PUT", b"1"), ("PUT", b"2"), ("DELETE", b"")]
        await watch.cancel()
    with_aetcd(server, body)


def test_aetcd_leases_and_locks(server):
    async def body(client):
        lease = await client.lease(60)
        await client.put(b"pl", b"v", lease=lease)
        assert await lease.keys() == [b"pl"]
        await lease.refresh()
        await lease.revoke()
        assert await client.get(b"pl") is None
        async with client.lock(b"plock", ttl=20):
            second = client.lock(b"plock", ttl=20)
            assert await second.acquire(timeout=0.5) is False
        assert await second.acquire(timeout=20) is True
        await second.release()
    with_aetcd(server, body)


def test_aetcd_status_and_members(server):
    async def body(client):
        status = await client.status()
        assert status.version.startswith("3.6.") and status.db_size > 0
        members = [member async for member in client.members()]
        assert [member.name for member in members] == ["berth"]
        assert [alarm async for alarm in client.list_alarms()] == []
    with_aetcd(server, body)


# --- alarms

def test_alarm_nospace_refuses_growth_with_etcds_words(server):
    with grpc.insecure_channel(f"unix:{server.socket}") as channel:
        rpc = aetcd.rpc
        kv, maintenance, lease = rpc.KVStub(channel), rpc.MaintenanceStub(channel), rpc.LeaseStub(channel)
        kv.Put(rpc.PutRequest(key=b"full", value=b"before"))
        member = maintenance.Status(rpc.StatusRequest()).header.member_id

        def alarm(action, kind=rpc.NOSPACE):
            return [(a.memberID, a.alarm) for a in maintenance.Alarm(
                rpc.AlarmRequest(action=action, memberID=member, alarm=kind)).alarms]
        assert alarm(rpc.AlarmRequest.ACTIVATE) == [(member, rpc.NOSPACE)]
        try:
            assert alarm(rpc.AlarmRequest.ACTIVATE) == [], "it is active already"
            assert alarm(rpc.AlarmRequest.GET, rpc.NONE) == [(member, rpc.NOSPACE)]
            assert alarm(rpc.AlarmRequest.GET, rpc.CORRUPT) == []
            put = rpc.RequestOp(request_put=rpc.PutRequest(key=b"full", value=b"v"))
            for refused in (lambda: kv.Put(rpc.PutRequest(key=b"full", value=b"v")),
                            lambda: kv.Txn(rpc.TxnRequest(failure=[put])),
                            lambda: lease.LeaseGrant(rpc.LeaseGrantRequest(TTL=10))):
                with pytest.raises(grpc.RpcError) as error:
                    refused()
                assert error.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
                assert error.value.details() == "etcdserver: mvcc: database space exceeded"
            assert kv.Range(rpc.RangeRequest(key=b"full")).kvs[0].value == b"before"
            assert kv.DeleteRange(rpc.DeleteRangeRequest(key=b"full")).deleted == 1
            assert list(maintenance.Status(rpc.StatusRequest()).errors)
        finally:
            assert alarm(rpc.AlarmRequest.DEACTIVATE) == [(member, rpc.NOSPACE)]
        kv.Put(rpc.PutRequest(key=b"full", value=b"after"))


def test_alarms_outlive_the_process():
    """Also one that the kernel ends."""
    rpc = aetcd.rpc
    with pure_etcd() as server:
        def alarm(action, kind=rpc.NONE):
            with grpc.insecure_channel(f"unix:{server.socket}") as channel:
                request = rpc.AlarmRequest(action=action, alarm=kind)
                return [a.alarm for a in rpc.MaintenanceStub(channel).Alarm(request).alarms]

        def again():
            server.kill_berthd()
            server.start_berthd("--serve", "etcd", "--etcd-listen", f"127.0.0.1:{server.port}", wait=False)
            server.eventually(lambda: is_healthy(server), what="berthd answers as an etcd")
        assert alarm(rpc.AlarmRequest.ACTIVATE, rpc.NOSPACE) == [rpc.NOSPACE]
        again()
        assert alarm(rpc.AlarmRequest.GET) == [rpc.NOSPACE]
        with grpc.insecure_channel(f"unix:{server.socket}") as channel, pytest.raises(grpc.RpcError) as error:
            rpc.KVStub(channel).Put(rpc.PutRequest(key=b"k", value=b"v"))
        assert error.value.details() == "etcdserver: mvcc: database space exceeded"
        assert alarm(rpc.AlarmRequest.DEACTIVATE, rpc.NOSPACE) == [rpc.NOSPACE]
        again()
        assert alarm(rpc.AlarmRequest.GET) == []


def test_a_quota_that_is_reached():
    """The store refuses growth by itself, says so as an alarm, and takes writes again when there is room."""
    with pure_etcd("--quota-bytes", "64Ki") as server, grpc.insecure_channel(f"unix:{server.socket}") as channel:
        rpc = aetcd.rpc
        kv, maintenance = rpc.KVStub(channel), rpc.MaintenanceStub(channel)

        def alarms():
            return [a.alarm for a in maintenance.Alarm(rpc.AlarmRequest(action=rpc.AlarmRequest.GET)).alarms]
        assert alarms() == []
        with pytest.raises(grpc.RpcError) as error:
            for index in range(100):
                kv.Put(rpc.PutRequest(key=b"fill/%d" % index, value=b"x" * 1024))
        assert error.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert error.value.details() == "etcdserver: mvcc: database space exceeded"
        assert alarms() == [rpc.NOSPACE]
        assert list(maintenance.Status(rpc.StatusRequest()).errors)
        deleted = kv.DeleteRange(rpc.DeleteRangeRequest(key=b"fill/", range_end=b"fill0"))
        assert deleted.deleted > 50
        kv.Compact(rpc.CompactionRequest(revision=deleted.header.revision, physical=True))

        def takes_writes():
            try:
                return kv.Put(rpc.PutRequest(key=b"after", value=b"x"))
            except grpc.RpcError:
                return False
        server.eventually(takes_writes, seconds=60, what="there is room again")
        assert alarms() == []


# --- reflection and health: a client that knows nothing but the address

def test_reflection_tells_enough_to_make_calls(server):
    with grpc.insecure_channel(f"unix:{server.socket}") as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        assert set(database.get_services()) >= {
            "etcdserverpb.KV", "etcdserverpb.Watch", "etcdserverpb.Lease", "etcdserverpb.Maintenance",
            "etcdserverpb.Cluster", "etcdserverpb.Auth", "v3lockpb.Lock", "v3electionpb.Election",
            "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"}
        pool = descriptor_pool.DescriptorPool(database)
        for service in database.get_services():
            for method in pool.FindServiceByName(service).methods:
                assert method.input_type.full_name and method.output_type.full_name
        method = pool.FindMethodByName("etcdserverpb.KV.Put")
        put, answer = (message_factory.GetMessageClass(t) for t in (method.input_type, method.output_type))
        call = channel.unary_unary("/etcdserverpb.KV/Put", put.SerializeToString, answer.FromString)
        first = call(put(key=b"reflected", value=b"1"))
        second = call(put(key=b"reflected", value=b"2", prev_kv=True))
        assert second.prev_kv.value == b"1" and second.header.revision == first.header.revision + 1


def test_descriptors_agree_with_etcds_own(server):
    """aetcd carries what protoc made of etcd's .proto files: same fields, numbers, types, labels and oneofs."""
    with grpc.insecure_channel(f"unix:{server.socket}") as channel:
        pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        theirs = descriptor_pb2.FileDescriptorProto()
        compared = 0
        for module in (aetcd.rpc.rpc_pb2, aetcd.rpc.kv_pb2):
            module.DESCRIPTOR.CopyToProto(theirs)
            for message in theirs.message_type:
                try:
                    ours = pool.FindMessageTypeByName(f"{theirs.package}.{message.name}")
                except KeyError:
                    continue  # of a method that is always refused
                fields = {f.name: f for f in ours.fields}
                for field in message.field:
                    mine = fields.pop(field.name)
                    named = mine.message_type or mine.enum_type
                    assert (mine.number, mine.type, mine.is_repeated) == (
                        field.number, field.type, field.label == field.LABEL_REPEATED), (message.name, field.name)
                    assert (named is None) == (not field.type_name)
                    assert named is None or "." + named.full_name == field.type_name
                    assert (mine.containing_oneof is None) == (not field.HasField("oneof_index")), field.name
                compared += 1
        assert compared > 40


def test_health(server):
    def request(service):
        return b"\x0a" + bytes([len(service)]) + service.encode() if service else b""
    with grpc.insecure_channel(f"unix:{server.socket}") as channel:
        check = channel.unary_unary("/grpc.health.v1.Health/Check", lambda m: m, lambda m: m)
        assert check(request("")) == b"\x08\x01" and check(request("etcdserverpb.KV")) == b"\x08\x01"
        with pytest.raises(grpc.RpcError) as error:
            check(request("nobody"))
        assert error.value.code() is grpc.StatusCode.NOT_FOUND
        watch = channel.unary_stream("/grpc.health.v1.Health/Watch", lambda m: m, lambda m: m)
        stream = watch(request("nobody"))
        assert next(stream) == b"\x08\x03"
        stream.cancel()


# --- etcd3gw, over --etcd-listen

def test_etcd3gw(server):
    client = etcd3gw.client(host="127.0.0.1", port=server.port, api_path="/v3/", timeout=20)
    assert client.status()["version"].startswith("3.6.")
    assert client.members()[0]["name"] == "berth"
    assert client.put("gw/a", "1") and client.put("gw/b", "2")
    assert client.get("gw/a") == [b"1"]
    assert [meta["key"] for _, meta in client.get_prefix("gw/")] == [b"gw/a", b"gw/b"]
    assert client.create("gw/c", "3") is True and client.create("gw/c", "4") is False
    assert client.replace("gw/c", "3", "5") is True and client.replace("gw/c", "3", "6") is False
    lease = client.lease(ttl=60)
    client.put("gw/leased", "x", lease=lease)
    assert 0 < lease.ttl() <= 60 and lease.keys() == [b"gw/leased"] and lease.refresh() == 60
    assert lease.revoke() is True and client.get("gw/leased") == []
    assert client.delete("gw/a") is True and client.delete("gw/a") is False
    assert client.delete_prefix("gw/") is True
    events, cancel = client.watch_prefix("gw/")
    client.put("gw/w", "1")
    assert next(events)["kv"]["value"] == b"1"
    cancel()
    lock = client.lock(id="gw", ttl=20)
    assert lock.acquire() is True and client.lock(id="gw", ttl=20).acquire() is False
    assert lock.is_acquired() and lock.release() is True


# --- --etcd-listen itself

def check_config(*flags, **environment):
    return subprocess.run([cluster_module.BIN / "berthd", "--check-config", *flags], capture_output=True, text=True,
                          env={"PATH": "/usr/bin", **environment}, timeout=60)


@pytest.mark.parametrize("address", ["0.0.0.0:2379", "192.168.1.5:2379", "[::]:2379", "example.org:2379", ":2379"])
def test_addresses_beyond_loopback_are_refused(address):
    done = check_config("--etcd-listen", address)
    assert done.returncode == 64 and "etcd-listen must be" in done.stderr, done.stderr


@pytest.mark.parametrize("address", ["2379", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:x"])
def test_addresses_that_are_none(address):
    done = check_config("--etcd-listen", address)
    assert done.returncode == 64 and "etcd-listen must be HOST:PORT" in done.stderr, done.stderr


def test_where_the_address_comes_from(tmp_path):
    assert "etcd-listen: 127.0.0.1:2379" in check_config("--etcd-listen", "127.0.0.1:2379").stdout
    assert "etcd-listen: 127.0.0.1:1" in check_config(BERTHD_ETCD_LISTEN="localhost:1").stdout
    file = tmp_path / "berthd.yaml"
    file.write_text("etcd-listen: '[::1]:2379'\n")
    assert "etcd-listen: [::1]:2379" in check_config("--config", str(file)).stdout
    done = check_config("--serve", "kube", "--etcd-listen", "127.0.0.1:2379")
    assert done.returncode == 64 and "serve leaves etcd out" in done.stderr


def test_a_port_that_is_taken_is_named():
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        cluster = cluster_module.Cluster()
        try:
            cluster.start_berthd("--serve", "etcd", "--etcd-listen", f"127.0.0.1:{port}", wait=False)
            assert cluster.berthd.wait(timeout=30) == 69
            assert f"cannot listen on 127.0.0.1:{port}" in cluster.log("berthd")
        finally:
            cluster.close()


def test_kubernetes_keys_are_read_only_over_tcp():
    port = free_port()
    cluster = cluster_module.Cluster()
    try:
        cluster.start_berthd("--etcd-listen", f"127.0.0.1:{port}")
        client = etcd3gw.client(host="127.0.0.1", port=port, api_path="/v3/", timeout=20)
        assert client.get("/registry/namespaces/default")
        with pytest.raises(Exception, match="Forbidden"):
            client.put("/registry/namespaces/mine", "{}")
        with pytest.raises(Exception, match="Forbidden"):
            client.delete_prefix("/berth/")
        assert client.put("/mine", "1")
    finally:
        cluster.close()
