#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proves that the rules of lint.py complain where they should, and that summary.py counts right.

Writes TAP: one point for each small tree or log in the tables below.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
HEAD = '/* SPDX-License-Identifier: GPL-3.0-or-later */\n/* A file. */\n'
ROOMS = 'base: | glib blis\ngraph: base | glib gio\nengine: base graph | glib gio\n'
LATER = 'TO' 'DO'
PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'

# rule, file, its text, what the complaint must hold (None: there must be none)
TREES = [
    ('layering', 'src/graph/a.c', '#include <gio/gio.h>\n#include "base/b.h"\n', None),
    ('layering', 'src/graph/a.c', '#include "graph/c.h"\n', 'src/graph/a.c:3: "graph/c.h" is no'),
    ('layering', 'src/base/a.c', '#include <gtk/gtk.h>\n', 'src/base/a.c:3: base must not include'),
    ('layering', 'src/base/a.c', '#include <gio/gio.h>\n', 'base must not include <gio/gio.h>'),
    ('layering', 'src/base/a.c', '#include "engine/e.h"\n', 'base must not include from engine'),
    ('layering', 'src/base/a.c', '#include "b.h"\n', 'include "b.h" by its room: "base/b.h"'),
    ('layering', 'src/base/a.c', '/* #include <gtk/gtk.h> */\n', None),
    ('layering', 'src/graph/a.c', 'GThreadPool *pool;\n', 'threads are started only in'),
    ('layering', 'src/engine/a.c', 'GThreadPool *pool;\n', None),
    ('layering', 'src/other/a.c', '', 'room other is only in src/'),
    ('layering', 'src/base/a-blis.c', '#include <blis.h>\n#include "base/tn-blis.h"\n', None),
    ('layering', 'src/base/z.c', '#include <blis.h>\n', 'is included in src/base/a-blis.c already'),
    ('sizes', 'src/base/a.c', '\n' * 900, 'has more than 800 lines'),
    ('sizes', 'src/base/a.c', '/* Long because of a table. */\n' + '\n' * 900, None),
    ('sizes', 'src/base/a.c', '/* Long because of a table. */\n' + '\n' * 1200, 'make two files'),
    ('potfiles', 'src/base/a.c', 'x = _("text");\n', 'src/base/a.c has translatable text'),
    ('potfiles', 'src/base/a.c', '/* _("text") */\n', None),
    ('potfiles', 'po/POTFILES', 'src/gone.c\n', 'src/gone.c does not exist'),
    ('potfiles', 'src/base/a.c', 'x = _ ("a %"\nG_GINT64_FORMAT " b");\n', 'a.c:4: G_GINT64_FORMAT'),
    ('translations', 'po/de.po', PO + 'msgid "a"\nmsgstr "b"\n', None),
    ('translations', 'po/de.po', PO + '#, c-format\nmsgid "%s"\nmsgstr "%d"\n',
     'msgfmt refuses it'),
    ('leftovers', 'src/base/a.c', f'/* {LATER} */\n', f'src/base/a.c:3: {LATER}'),
    ('leftovers', 'README.md', 'see /ho' 'me/somebody/x\n', 'path of one machine'),
    ('leftovers', 'README.md', 'a home/work/thing at https://example.org/work/x\n', None),
    ('license', 'src/base/a.c', '', None),
    ('license', 'src/base/a.h', None, 'the first line must be'),
]

# what meson logged, what must be counted, whether all is well
LOGS = [
    ([{'result': 'OK', 'stdout': 'TAP version 13\n1..3\nok 1 a\nok 2 b # SKIP no\nok 3 c\n'}],
     '2 passed, 0 failed, 1 skipped', True),
    ([{'result': 'FAIL', 'stdout': '1..2\nok 1 a\nnot ok 2 b\n'}],
     '1 passed, 1 failed, 0 skipped', False),
    ([{'result': 'ERROR', 'stdout': '1..9\nok 1 a\n'}], '1 passed, 1 failed, 0 skipped', False),
    ([{'result': 'OK', 'stdout': ''}, {'result': 'SKIP', 'stdout': ''}],
     '1 passed, 0 failed, 1 skipped', True),
    ([{'result': 'TIMEOUT', 'stdout': ''}], '0 passed, 1 failed, 0 skipped', False),
    ([{'result': 'SKIP', 'stdout': '1..0 # SKIP no display\n'}],
     '0 passed, 0 failed, 1 skipped', False),
    ([], '0 passed, 1 failed, 0 skipped', False),
]


def check_tree(rule, name, text, wanted):
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        for room in ('base', 'graph', 'engine', 'ui', 'data', 'po', 'tests', '.ci'):
            (top / ('src' if room in ('base', 'graph', 'engine') else '.') / room).mkdir(
                parents=True, exist_ok=True)
        files = {'src/rooms.txt': ROOMS, 'src/base/b.h': HEAD, 'src/engine/e.h': HEAD,
                 'src/base/tn-blis.h': HEAD, 'src/base/a-blis.c': HEAD + '#include <blis.h>\n',
                 'po/POTFILES': 'src/base/b.h\n' if rule == 'translations' else '',
                 'po/LINGUAS': 'de\n', 'po/de.po': PO, 'bootstrap': '#!/bin/sh\n# SPDX-License-Identifier: GPL-3.0-or-later\n'}
        if text is None:
            files[name] = 'int x;\n'
        else:
            files[name] = HEAD + text if name.endswith(('.c', '.h')) else text
        for path, content in files.items():
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            (top / path).write_text(content)
        done = subprocess.run([sys.executable, HERE / 'lint.py', rule, '--source', folder],
                              stdout=subprocess.PIPE, text=True, check=False)
    if wanted is None:
        return done.returncode == 0, done.stdout
    return done.returncode == 1 and wanted in done.stdout, done.stdout


def check_log(tests, wanted, well):
    with tempfile.TemporaryDirectory() as folder:
        logs = pathlib.Path(folder) / 'meson-logs'
        logs.mkdir()
        (logs / 'testlog.json').write_text(
            ''.join(json.dumps({'name': 'a test', **test}) + '\n' for test in tests))
        done = subprocess.run([sys.executable, HERE.parent / 'summary.py', folder],
                              stdout=subprocess.PIPE, text=True, check=False)
    last = done.stdout.splitlines()[-1]
    return last == wanted and (done.returncode == 0) == well, done.stdout


def main():
    print(f'1..{len(TREES) + len(LOGS)}')
    failed = 0
    checks = [(f'{tree[0]}: {tree[3] or "no complaint"}', check_tree, tree) for tree in TREES]
    checks += [(f'summary: {log[1]}', check_log, log) for log in LOGS]
    for number, (name, function, arguments) in enumerate(checks, 1):
        good, output = function(*arguments)
        print(('ok' if good else 'not ok') + f' {number} {name}')
        if not good:
            failed += 1
            print(''.join(f'# {line}\n' for line in output.splitlines()), end='')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
