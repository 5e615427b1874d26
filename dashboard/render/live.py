"""Runs that are being worked on: stage, progress, time left. Plain rows, the same on every page that shows them."""

from __future__ import annotations

import streamlit as st

from dashboard.loaders.log import LiveRun
from dashboard.render import text


def progress(live: LiveRun) -> None:
    """Show how far a run is."""
    run, activity = live.run, live.activity
    if activity is None:
        st.progress(0.0, text=f"{text.markdown(run.label)}: starting")
        return
    answering = activity.stage.startswith("answering")
    share = min(max(activity.share, 0.0), 1.0)
    done = f"{activity.answered:,} of {activity.planned:,} requests" if answering else activity.stage
    left = f", about {text.duration(activity.seconds_left)} left" if activity.seconds_left is not None else ""
    what = "" if answering else " of this stage"
    st.progress(share, text=f"{text.markdown(run.label)}: {text.markdown(done)} ({share:.0%}{what}){left}")
