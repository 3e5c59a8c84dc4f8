# first line: 8
def relax(element, cutoff=400.0, *rest, **options):
    executions.append(("relax", element))
    return {"energy": -3.5 * len(element), "element": element, "cutoff": cutoff}
