import json, time, statistics, os
from urllib.parse import urlsplit
import psycopg2, pytest
from django.urls import reverse
from tests.bench.asking import Ask, send
from tests.bench.test_pages import _version
pytestmark = pytest.mark.bench

def explained(url, statements, out):
    connection = psycopg2.connect(url)
    with connection.cursor() as c, open(out, "w") as f:
        times=[[] for _ in statements]
        for _ in range(5):
            for i,s in enumerate(statements):
                b=time.perf_counter(); c.execute(s)
                if c.description: n=len(c.fetchall())
                times[i].append(time.perf_counter()-b)
            connection.rollback()
        for i,s in enumerate(statements):
            ms=statistics.median(times[i])*1000
            f.write(f"\n##### {i}: {ms:.1f} ms\n{s}\n")
            c.execute(s)
            if s.lstrip().upper().startswith(("SELECT","WITH")) and ms>3:
                c.execute("EXPLAIN (ANALYZE, BUFFERS, SUMMARY) "+s)
                f.write("\n".join(r[0] for r in c.fetchall())+"\n")
    connection.rollback(); connection.close()

def test_all(house, capsys):
    keyworker, clients = house.treating
    k = house.signed_in(keyworker)
    m = house.signed_in(house.somebody("service-manager", keyworker))
    from clients.models import Assessment
    each = Assessment.objects.using("owner").filter(client_id=clients[0]).latest("took_place_on")
    paths = {"caseload": ("/caseload/",k), "service":("/service/?show=all",m), "work":("/work/?show=overdue",m), "client":(reverse("client",args=[clients[0]]),k),
      "plan":(reverse("plan-show",args=[clients[0],_version(house,clients[0])]),k), "assessment":(reverse("assessment-show",args=[each.client_id,each.pk]),k)}
    for name,(path,cookies) in paths.items():
        a = send(house.port, Ask(path,cookies,status=None), wanted="statements") if False else None
        try:
            body = send(house.port, Ask(path,cookies), wanted="statements").body
        except AssertionError as e:
            open(f"/tmp/seen/prof-{name}.txt","w").write(str(e)); continue
        explained(house.url, json.loads(body), f"/tmp/seen/prof-{name}.txt")
    if os.environ.get("HOLD"):
        import pathlib
        open("/tmp/seen/hold.txt","w").write(json.dumps({"port":house.port,"url":house.url,"env":{k:v for k,v in os.environ.items() if "DATABASE" in k or "CAREHUB" in k},"k":k,"m":m,"paths":{n:p[0] for n,p in paths.items()}}))
        while pathlib.Path("/tmp/seen/hold.txt").exists(): time.sleep(1)
