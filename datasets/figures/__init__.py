"""Figures of the dashboards: from chosen releases to a finding, a drawing, its table, its source and its CSV."""
