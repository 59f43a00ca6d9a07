#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the house that a compiler does not check, one subcommand each.

Usage: lint.py RULE --source DIRECTORY [--build DIRECTORY] [FILE...]

Every complaint is "file:line: what is wrong; what to do". Exit code 0: clean, 1: complaints,
77: a tool that the rule needs is not installed.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree

SKIPPED = 77
LONG_LINES = 800
MOST_LINES = 1200
LICENSE = 'SPDX-License-Identifier: GPL-3.0-or-later'

# Headers of C and POSIX: any room may have them.
C_HEADERS = set('''
  assert ctype errno fcntl fenv float inttypes limits locale math signal stdalign stdarg stdatomic
  stdbool stddef stdint stdio stdlib string strings tgmath time unistd wchar sys/mman sys/resource
  sys/file sys/stat sys/time sys/types
'''.split())

# What the words on the right side of rooms.txt stand for.
EXTERNALS = {
    'glib': r'glib(-object)?\.h|glib/.*|gmodule\.h',
    'gio': r'gio/.*|glib-unix\.h',
    'blis': r'(blis/)?blis\.h|(imm|arm_)\w+\.h',
    'pthread': r'pthread\.h|sched\.h|(imm|arm_)\w+\.h',
    'json-glib': r'json-glib/.*',
    'zip': r'zip\.h',
    'hdf5': r'hdf5(_hl)?\.h',
    'cairo': r'cairo(-\w+)?\.h',
    'pango': r'pango/.*',
    'gtk': r'(gtk|gdk|gsk)/.*',
    'adwaita': r'adwaita\.h',
    'graphene': r'graphene(-gobject)?\.h',
}

THREADS = re.compile(r'\b(g_thread_(?:new|try_new|join|pool_\w+)|GThreadPool|pthread_create|thrd_create'
                     r'|g_task_run_in_thread(?:_sync)?)\b')
THREAD_FILES = re.compile(r'src/(engine/|exec/tn-pool)')
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
MARKED = re.compile(r'(?<![\w])(?:_|N_|C_|NC_|Q_|ngettext|g_dngettext|g_dpgettext2?)\s*\(\s*"')
# A translatable string that goes on behind a macro xgettext does not know (PRIi64 it knows).
CUT_SHORT = re.compile(MARKED.pattern[:-1] + r'(?:"(?:\\.|[^"\\\n])*"|[\s,])*(G_G\w+_FORMAT)\b')
UNFINISHED = re.compile(r'\b(' + '|'.join(['TO' 'DO', 'FIX' 'ME', 'X' 'XX']) + r')\b')
MACHINE_PATH = re.compile(r'(?<![\w.~-])/(?:ro' r'ot|wo' r'rk|ho' r'me/\w+)/[\w.]')


class Lint:
    """The tree being read and the complaints about it."""

    def __init__(self, source, build, files):
        self.source = pathlib.Path(source).resolve()
        self.build = pathlib.Path(build).resolve() if build else None
        self.files = [pathlib.Path(file) for file in files]
        self.complaints = 0

    def complain(self, path, line, text):
        try:
            path = pathlib.Path(path).resolve().relative_to(self.source)
        except ValueError:
            pass
        print(f'{path}:{line}: {text}' if line else f'{path}: {text}')
        self.complaints += 1

    def walk(self, *tops, endings=None):
        """All files under the folders @tops ('.': everything that belongs to the project)."""
        found = []
        for top in tops:
            for folder, folders, names in os.walk(self.source / top):
                if pathlib.Path(folder) == self.source:
                    folders[:] = [name for name in folders
                                  if not name.startswith(('_build', 'build', '.git'))]
                folders[:] = sorted(name for name in folders if name not in ('__pycache__', '.cache'))
                for name in sorted(names):
                    # In a second working tree .git is a file.
                    if name == '.git':
                        continue
                    if endings is None or name.endswith(endings):
                        found.append(pathlib.Path(folder) / name)
        return found

    def relative(self, path):
        return path.relative_to(self.source).as_posix()

    def tool(self, name):
        path = shutil.which(name)
        if path is None:
            print(f'{name} is not installed; ./bootstrap test installs it')
            sys.exit(SKIPPED)
        return path

    def run(self, command, path):
        """Runs a checker on one file; its output becomes the complaint."""
        done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors='replace', check=False)
        if done.returncode != 0:
            self.complain(path, 0, f'{pathlib.Path(str(command[0])).name} refuses it:\n'
                          + done.stdout.strip())


def text_of(path):
    """The text of a file, or None if it is not text."""
    try:
        return path.read_text(encoding='utf-8')
    except UnicodeDecodeError:
        return None


def without_comments(text):
    """C source with comments blanked; line numbers stay."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)

    def blank(match):
        part = match.group(0)
        return part if part[0] in '"\'' else re.sub(r'[^\n]', ' ', part)

    return pattern.sub(blank, text)


def read_rooms(lint):
    """rooms.txt as {room: (rooms it may include, externals it may include)}, checked on the way."""
    path = lint.source / 'src/rooms.txt'
    rooms = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith('#'):
            continue
        match = re.fullmatch(r'(\w+):([^|]*)\|(.*)', line)
        if not match:
            lint.complain(path, number, 'is not of the form "ROOM: ROOMS… | EXTERNALS…"')
            continue
        room, others, externals = match.group(1), match.group(2).split(), match.group(3).split()
        for other in others:
            if other not in rooms:
                lint.complain(path, number, f'{room} may include {other}, which does not stand above'
                              ' it; order the rooms from the ground up')
        for external in externals:
            if external not in EXTERNALS:
                lint.complain(path, number, f'{external} is not known to tests/lint/lint.py; add it'
                              ' to EXTERNALS')
        rooms[room] = (others, externals)
    folders = {child.name for child in (lint.source / 'src').iterdir() if child.is_dir()}
    for room in sorted(folders ^ set(rooms)):
        lint.complain(path, 0, f'room {room} is only in '
                      + ('the table' if room in rooms else 'src/') + '; keep both the same')
    return rooms


def check_include(lint, rooms, path, room, number, bracket, header):
    others, externals = rooms[room] if room in rooms else (list(rooms), ['glib', 'gio'])
    if bracket == '"':
        if '/' not in header:
            # Generated at build time, so it is not in the tree.
            if (path.parent / header).exists():
                lint.complain(path, number, f'include "{header}" by its room: "{room}/{header}"')
            return
        target = header.split('/')[0]
        # Some are made at build time from a NAME.h.in.
        if not any((lint.source / 'src' / name).is_file() for name in (header, header + '.in')):
            lint.complain(path, number, f'"{header}" is no header of src/')
        elif target != room and target not in others:
            lint.complain(path, number, f'{room} must not include from {target}; move the code to a'
                          ' room that may (src/rooms.txt), or turn the dependency around')
        return
    if header[:-2] in C_HEADERS and header.endswith('.h'):
        return
    if any(re.fullmatch(EXTERNALS[external], header) for external in externals
           if external in EXTERNALS):
        return
    lint.complain(path, number, f'{room} must not include <{header}>; src/rooms.txt allows'
                  f' C, POSIX and: {" ".join(externals)}')


def lint_layering(lint):
    """Rooms include only what src/rooms.txt grants them; threads and BLIS stay where they belong."""
    rooms = read_rooms(lint)
    blis = []
    for path in lint.walk('src', endings=('.c', '.h')):
        relative = lint.relative(path)
        parts = relative.split('/')
        room = parts[1] if len(parts) > 2 else 'main'
        code = without_comments(text_of(path) or '')
        for number, line in enumerate(code.splitlines(), 1):
            include = INCLUDE.match(line)
            if include:
                check_include(lint, rooms, path, room, number, *include.groups())
                if include.group(1) == '<' and re.fullmatch(r'(blis/)?blis\.h', include.group(2)):
                    blis.append((path, number))
            threads = THREADS.search(line)
            if threads and not THREAD_FILES.match(relative):
                lint.complain(path, number, f'{threads.group(1)}: threads are started only in'
                              ' src/engine/ and src/exec/tn-pool.c')
    for path, number in blis:
        if path != blis[0][0]:
            lint.complain(path, number, f'blis.h is included in {lint.relative(blis[0][0])} already;'
                          ' call BLIS through that one file')


def lint_headers(lint):
    """Every header compiles on its own, as the sources of its room are compiled."""
    commands = json.loads((lint.build / 'compile_commands.json').read_text())
    options = {}
    for command in commands:
        path = (pathlib.Path(command['directory']) / command['file']).resolve()
        if path.suffix != '.c' or path.parent in options:
            continue
        words = iter(shlex.split(command['command']))
        kept = []
        for word in words:
            if word in ('-o', '-MF', '-MQ', '-MT'):
                next(words)
            elif word not in ('-c', '-MD', command['file']):
                kept.append(word)
        options[path.parent] = kept

    def compile_alone(path):
        # Through a source that includes it: a header given as such would warn about #pragma once.
        text = f'#include "{path}"\n'
        command = options[path.parent] + ['-Werror', '-fsyntax-only', '-x', 'c', '-']
        done = subprocess.run(command, cwd=lint.build, input=text, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        return path, done.returncode, done.stdout

    headers = [path for path in lint.walk('src', 'tests', endings='.h') if path.parent in options]
    if not headers:
        lint.complain(lint.source / 'src', 0, 'no header of any room that is compiled was found')
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for path, code, output in pool.map(compile_alone, headers):
            if code != 0:
                lint.complain(path, 1, 'does not compile on its own; include what it uses:\n'
                              + output.strip())


def lint_format(lint):
    """clang-format agrees with every C file."""
    tool = lint.tool('clang-format')
    files = lint.walk('src', 'tests', endings=('.c', '.h'))
    done = subprocess.run([tool, '--dry-run', '-Werror', '--style=file', *map(str, files)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    places = collections.OrderedDict()
    for match in re.finditer(r'^(\S+?):(\d+):\d+: error:', done.stdout, re.MULTILINE):
        places.setdefault(match.group(1), match.group(2))
    for path, line in places.items():
        lint.complain(path, line, 'is not formatted; run clang-format -i on it')
    if done.returncode != 0 and not places:
        lint.complain(lint.source / '.clang-format', 0, done.stdout.strip())


def lint_sizes(lint):
    """Files stay small enough to be read in one sitting."""
    for path in lint.walk('src', endings=('.c', '.h')):
        text = text_of(path) or ''
        lines = text.count('\n')
        if lines > MOST_LINES:
            lint.complain(path, lines, f'has more than {MOST_LINES} lines; make two files of it')
        elif lines > LONG_LINES and 'Long because' not in text.split('#include')[0]:
            lint.complain(path, lines, f'has more than {LONG_LINES} lines; make two files of it, or'
                          ' say in the header comment "Long because …"')


def is_translatable(path):
    text = text_of(path) or ''
    if path.suffix in ('.c', '.h'):
        return MARKED.search(without_comments(text)) is not None
    if path.name.endswith('.ui'):
        return re.search(r'\btranslatable="(yes|true)"', text) is not None
    return path.name.endswith(('.desktop.in', '.metainfo.xml.in', '.gschema.xml'))


def lint_potfiles(lint):
    """po/POTFILES lists every file with text for people, sorted, and nothing else; and translators
    see the strings whole."""
    for path in lint.walk('src', endings=('.c', '.h')):
        code = without_comments(text_of(path) or '')
        for cut in CUT_SHORT.finditer(code):
            lint.complain(path, code.count('\n', 0, cut.end()) + 1, f'{cut.group(1)} cuts off what'
                          ' translators see; use PRIi64 (base/tn-i18n.h has it), %zu for sizes, or %s')

    potfiles = lint.source / 'po/POTFILES'
    listed = {}
    for number, line in enumerate(potfiles.read_text().splitlines(), 1):
        if line.strip() and not line.startswith('#'):
            if line in listed:
                lint.complain(potfiles, number, f'{line} is listed twice')
            listed[line] = number
    endings = ('.c', '.h', '.ui', '.desktop.in', '.metainfo.xml.in', '.gschema.xml')
    wanted = {lint.relative(path) for path in lint.walk('src', 'ui', 'data', 'resources', endings=endings)
              if is_translatable(path)}
    for name in sorted(wanted - set(listed)):
        lint.complain(potfiles, 0, f'{name} has translatable text; add it (lint.py potfiles --write'
                      ' does)')
    for name, number in listed.items():
        if not (lint.source / name).is_file():
            lint.complain(potfiles, number, f'{name} does not exist; remove the line')
        elif name not in wanted:
            lint.complain(potfiles, number, f'{name} has no translatable text; remove the line')
    if list(listed) != sorted(listed):
        lint.complain(potfiles, 0, 'is not sorted; sort it (LC_ALL=C)')
    return wanted


def lint_translations(lint):
    """The strings can be collected, and the translations fit them."""
    xgettext, msgfmt = lint.tool('xgettext'), lint.tool('msgfmt')
    potfiles = lint.source / 'po/POTFILES'
    files = [line for line in potfiles.read_text().splitlines()
             if (lint.source / line).is_file() and line]
    # The keywords are those of meson's preset for GLib.
    keywords = ['_', 'N_', 'C_:1c,2', 'NC_:1c,2', 'ngettext:1,2', 'g_dngettext:2,3']
    done = subprocess.run([xgettext, '--from-code=UTF-8', '--output=-', f'--directory={lint.source}',
                           *[f'--keyword={keyword}' for keyword in keywords], *files],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        lint.complain(potfiles, 0, 'the strings cannot be collected:\n' + done.stderr.strip())
    for language in (lint.source / 'po/LINGUAS').read_text().split('\n'):
        if language and not language.startswith('#'):
            path = lint.source / 'po' / f'{language}.po'
            lint.run([msgfmt, '--check', '--output-file=' + os.devnull, path], path)


def lint_leftovers(lint):
    """Nothing is left as unfinished, and no path of somebody's machine is written down."""
    for path in lint.walk('.'):
        text = text_of(path)
        if text is None:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            mark = UNFINISHED.search(line)
            if mark:
                lint.complain(path, number, f'{mark.group(1)}: finish it, or file an issue instead')
            machine = MACHINE_PATH.search(line)
            if machine:
                lint.complain(path, number, f'{machine.group(0)}… is a path of one machine; write it'
                              ' relative to the tree')


def lint_license(lint):
    """Every source says its licence and, in a sentence, what it is."""
    for path in lint.walk('src', 'tests', endings=('.c', '.h')):
        lines = (text_of(path) or '').splitlines() + ['', '']
        if lines[0] != f'/* {LICENSE} */':
            lint.complain(path, 1, f'the first line must be "/* {LICENSE} */"')
        elif not re.match(r'/\*\s*\w', lines[1] + ' ' + lines[2]):
            lint.complain(path, 2, 'the second line must be a comment: one sentence that says what'
                          ' the file is')
    scripts = lint.walk('tests', '.ci', endings=('.py', '.sh', 'run')) + [lint.source / 'bootstrap']
    for path in scripts:
        if not any(line == f'# {LICENSE}' for line in (text_of(path) or '').splitlines()[:3]):
            lint.complain(path, 1, f'one of the first lines must be "# {LICENSE}"')


def lint_desktop(lint):
    """The desktop file is valid."""
    tool = lint.tool('desktop-file-validate')
    for path in lint.files:
        lint.run([tool, path], path)


def lint_metainfo(lint):
    """The metainfo file is valid."""
    tool = lint.tool('appstreamcli')
    for path in lint.files:
        lint.run([tool, 'validate', '--no-net', '--explain', path], path)


def lint_keys(lint):
    """A key does one thing: in the shortcuts window, on the canvas, and in the window."""
    help_overlay = lint.source / 'resources/gtk/help-overlay.ui'
    said = {}
    for number, line in enumerate(text_of(help_overlay).splitlines(), 1):
        for keys in re.findall(r'name="accelerator">([^<]*)<', line):
            for key in keys.split():
                # Return and its like mean what the part means that has the focus.
                plain = not re.search(r'&lt;|^F\d', key)
                if not plain and said.setdefault(key, number) != number:
                    lint.complain(help_overlay, number, f'{key} already stands in line {said[key]}')

    # A binding, plain or in a table: key, modifiers, action; or action, key, modifiers.
    mods = r'((?:GDK_[A-Z]+_MASK|\||\s|0)+)'
    forms = (re.compile(r'GDK_KEY_(\w+),\s*' + mods + r',\s*"([a-z]+)\.([a-z-]+)"'),
             re.compile(r'()"([a-z]+)\.([a-z-]+)",\s*GDK_KEY_(\w+),\s*' + mods))
    bound = {}
    found = 0
    for path in lint.walk('src/app', endings=('.c',)):
        text = without_comments(text_of(path))
        for form in forms:
            for match in form.finditer(text):
                if form is forms[0]:
                    key, mask, group, action = match.groups()
                else:
                    _, group, action, key, mask = match.groups()
                found += 1
                where = (group, key, frozenset(re.findall(r'GDK_[A-Z]+_MASK', mask)))
                first = bound.setdefault(where, action)
                if first != action:
                    lint.complain(path, text.count('\n', 0, match.start()) + 1,
                                  f'{key} with {mask.strip()} is {group}.{first} already')
    if found < 20:
        lint.complain(lint.source, 0, 'too few key bindings were found: the rule is blind')


def lint_schema(lint):
    """The settings schema is valid."""
    tool = lint.tool('glib-compile-schemas')
    lint.run([tool, '--strict', '--dry-run', lint.source / 'data'], lint.source / 'data')


def lint_xml(lint):
    """XML is well-formed; drawings are drawings, and symbolic icons are 16 by 16."""
    tool = lint.tool('xmllint')
    endings = ('.ui', '.svg', '.xml', '.xml.in')
    paths = lint.walk('ui', 'resources', 'data', endings=endings)
    if not paths:
        lint.complain(lint.source, 0, 'no XML file was found')
    for path in paths:
        before = lint.complaints
        lint.run([tool, '--noout', '--nonet', path], path)
        if path.suffix != '.svg' or lint.complaints > before:
            continue
        root = xml.etree.ElementTree.parse(path).getroot()
        tags = {element.tag.split('}')[-1] for element in root.iter()}
        if root.tag.split('}')[-1] != 'svg' or tags & {'image', 'script', 'foreignObject'}:
            lint.complain(path, 1, 'must be a plain drawing without pictures or scripts in it')
        size = (root.get('width'), root.get('height'))
        if path.stem.endswith('-symbolic') and size != ('16', '16'):
            lint.complain(path, 1, f'a symbolic icon is 16 by 16, this is {size[0]} by {size[1]}')


RULES = {name[5:]: function for name, function in list(globals().items())
         if name.startswith('lint_')}


def main():
    parser = argparse.ArgumentParser(epilog='Rules: ' + ', '.join(RULES))
    parser.add_argument('rule', choices=RULES)
    parser.add_argument('--source', default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument('--build', help='a configured build directory (rule headers)')
    parser.add_argument('--write', action='store_true', help='write po/POTFILES (rule potfiles)')
    parser.add_argument('files', nargs='*')
    arguments = parser.parse_args()
    lint = Lint(arguments.source, arguments.build, arguments.files)
    wanted = RULES[arguments.rule](lint)
    if arguments.write and arguments.rule == 'potfiles':
        (lint.source / 'po/POTFILES').write_text('\n'.join(sorted(wanted)) + '\n')
        print('po/POTFILES written')
        return 0
    if lint.complaints:
        print(f'{lint.complaints} complaints')
    return 1 if lint.complaints else 0


if __name__ == '__main__':
    sys.exit(main())
