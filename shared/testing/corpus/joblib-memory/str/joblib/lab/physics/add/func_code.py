# first line: 18
def add(a, b):
    """Called as the first folder of a hash may be in joblib's cut layout: three hex digits."""
    executions.append(("add", a))
    return a + b
