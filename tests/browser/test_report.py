"""A report in a real browser: on paper nothing stays folded but SQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser

from audits.evidence import open_evidence
from audits.reports.html import report_html
from audits.reports.report import make_report
from audits.results import AuditResult, Finding, Measure, Severity
from engine.home import Home
from engine.runlog.index import RunLog
from tests.audits.section_examples import CARD
from tests.dashboard import log_fixture

_SEEN = """kind => [...document.querySelectorAll(`details${kind} :is(p, td, li, pre)`)]
    .filter(one => one.textContent.trim())
    .map(one => one.checkVisibility({contentVisibilityAuto: true}) && one.getBoundingClientRect().height > 0)"""


def test_a_printed_report_shows_what_is_folded_on_screen(browser: Browser, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    log_fixture.write_run(home, log_fixture.import_tiny(home, tmp_path / "csv", n_users=5), "most-popular")
    finding = Finding(severity=Severity.HIGH, title="t", detail="d", run_id="r", request_ids=("r:0",))
    measure = Measure(card=CARD, run_id="r", value=0.2, n=10, sql="select 1")
    with RunLog(home).connect() as connection:
        evidence = open_evidence(connection)
        result = AuditResult(
            audit="accuracy", version=1, question="Q?", run_ids=evidence.run_ids, answer="A.",
            sections=(measure, *(replace(finding, title=f"finding {place}") for place in range(20))),
            settings=(("k", "3"),),
        )  # fmt: skip
        report = make_report(evidence, [result], recaudit_version="1", made_at=datetime.now(UTC))
    context = browser.new_context()
    page = context.new_page()
    page.set_content(report_html(report))
    folded = page.evaluate(_SEEN, ":not(.sql)")
    assert len(folded) > 40
    assert not any(folded)
    page.emulate_media(media="print")
    page.wait_for_function(f"({_SEEN})(':not(.sql)').every(Boolean)")  # what is unfolded comes with the next frame
    sql = page.evaluate(_SEEN, ".sql")
    assert sql
    assert not any(sql)
    context.close()
