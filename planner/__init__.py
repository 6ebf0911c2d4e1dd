"""The front door of the learning planner, without Prefect."""
