#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a program in a language that nobody speaks: every text accented and 1.4 times as long.

Usage: pseudo.py PO PROGRAM [ARG...]. PO is any translation of the program: only its English is
used. The translation is made anew for each run and kept nowhere.
"""

import ast
import os
import re
import struct
import subprocess
import sys
import tempfile

LANGUAGE = 'xx'
LONGER = 0.4
ACCENTS = str.maketrans('aceinosuyACEINOSUY', 'áçéíñóšúýÁÇÉÍÑÓŠÚÝ')
# What a text says to the program and not to people: formats, markup, entities.
WORDLESS = re.compile(r'%(?:\d+\$)?[-+ #0\']*(?:\*|\d+)?(?:\.\d+)?(?:hh?|ll?|[qjzL])?[a-zA-Z%]'
                      r'|<[^<>]*>|&\w+;|_(?=\w)')


def entries(path):
    """The messages of a .po file, each a dictionary of its keywords."""
    entry, keyword = {}, None
    with open(path, encoding='utf-8') as file:
        for line in [*file, '\n']:
            line = line.strip()
            if line.startswith('#'):
                continue
            match = re.match(r'(?:(msg\w+(?:\[\d\])?) )?(".*")$', line)
            if match is None:
                if entry.get('msgid'):
                    yield entry
                entry, keyword = {}, None
                continue
            keyword = match[1] or keyword
            entry[keyword] = entry.get(keyword, '') + ast.literal_eval(match[2])


def stretched(text):
    """The text with accents and, at its end, more letters: in words, for texts that may wrap."""
    pieces = re.split(f'({WORDLESS.pattern})', text)
    letters = sum(map(len, pieces[::2]))
    if not any(map(str.isalpha, ''.join(pieces[::2]))):
        return text
    more = 'ñ' * max(round(letters * LONGER), 1)
    words = ' '.join(more[i:i + 7] for i in range(0, len(more), 7))
    accented = ''.join(piece if i % 2 else piece.translate(ACCENTS)
                       for i, piece in enumerate(pieces))
    # In one word where there is one: that is harder.
    body = accented.rstrip('\n …:')
    gap = ' ' if ' ' in body.strip() else ''
    return body + gap + words + accented[len(body):]


def catalogue(path):
    """The bytes of the .mo file."""
    messages = {'': 'Content-Type: text/plain; charset=UTF-8\n'
                    'Plural-Forms: nplurals=2; plural=(n != 1);\n'}
    for entry in entries(path):
        key = entry['msgid']
        text = stretched(key)
        if 'msgid_plural' in entry:
            key += '\0' + entry['msgid_plural']
            text += '\0' + stretched(entry['msgid_plural'])
        if 'msgctxt' in entry:
            key = entry['msgctxt'] + '\4' + key
        messages[key] = text
    pairs = sorted((key.encode(), text.encode()) for key, text in messages.items())
    tables, strings = [b'', b''], b''
    start = 28 + 16 * len(pairs)
    for column in range(2):
        for pair in pairs:
            tables[column] += struct.pack('<II', len(pair[column]), start + len(strings))
            strings += pair[column] + b'\0'
    head = struct.pack('<7I', 0x950412de, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + tables[0] + tables[1] + strings


def main():
    po, *command = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        messages = os.path.join(folder, LANGUAGE, 'LC_MESSAGES')
        os.makedirs(messages)
        with open(os.path.join(messages, 'tenon.mo'), 'wb') as file:
            file.write(catalogue(po))
        environment = {**os.environ, 'LANGUAGE': LANGUAGE, 'TENON_LOCALEDIR': folder}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == '__main__':
    sys.exit(main())
