"""How long detect-secrets takes for the payload on its standard input: the peer of the table that the benchmarks print.

    pip install detect-secrets==1.5.0
    swift run -c release --package-path Packages/SecretScanning/Benchmarks SecretScanningBenchmarks payload | python detect_secrets_peer.py
"""
import sys
import time

from detect_secrets.core.scan import _scan_line, get_plugins
from detect_secrets.settings import default_settings
from detect_secrets.util.code_snippet import get_code_snippet

lines = sys.stdin.read().split("\\n")
with default_settings():
    plugins = list(get_plugins())
    times = []
    for _ in range(21):
        start = time.process_time_ns()
        for number, line in enumerate(lines):
            for plugin in plugins:
                context = get_code_snippet([line], 1)
                list(_scan_line(plugin=plugin, filename="text", line=line, line_number=number, enable_eager_search=False, context=context))
        times.append(time.process_time_ns() - start)
print(f"detect-secrets, the same 4 KB: {sorted(times)[10] / 1000:.0f} µs median of {len(times)}")
