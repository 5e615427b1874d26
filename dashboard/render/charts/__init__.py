"""Charts: records in, a Plotly figure out. No Streamlit here."""
