#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uses the program as a screen reader does, over AT-SPI: reads a model, its problem and its table,
activates a repair and undoes it.

Usage: atspi.py PROGRAM MODEL, on a display and a session bus of its own (run-headless.sh, BUS=1).
Writes TAP. Without the bindings or the accessibility bus it skips, with TN_DISPLAY_REQUIRED set it
fails.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import warnings

PATIENCE = 20  # seconds until what is waited for counts as missing
SYSTEM_PYTHON = '/usr/bin/python3'
REGISTRIES = ('/usr/libexec/at-spi-bus-launcher', '/usr/lib/at-spi2-core/at-spi-bus-launcher',
              '/usr/lib/at-spi-bus-launcher')


def skip(reason):
    if os.environ.get('TN_DISPLAY_REQUIRED'):
        print(f'Bail out! {reason}')
        sys.exit(1)
    print(f'1..0 # SKIP {reason}')
    sys.exit(0)


try:
    import gi
    gi.require_version('Atspi', '2.0')
    from gi.repository import Atspi, GLib
except (ImportError, ValueError):
    # The bindings belong to the system's interpreter, which need not be the first in the path.
    if os.path.exists(SYSTEM_PYTHON) and not os.environ.get('TN_ATSPI_AGAIN'):
        os.environ['TN_ATSPI_AGAIN'] = '1'
        os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, *sys.argv])
    skip('the Python bindings of AT-SPI are not installed')
if not shutil.which('dbus-run-session') or not any(map(os.path.exists, REGISTRIES)):
    skip('the accessibility bus is not installed')

SHAPES = {
    'input_layer': '(None, 28, 28, 1)',
    'conv2d': '(None, 26, 26, 32)',
    'max_pooling2d': '(None, 13, 13, 32)',
    'conv2d_1': '(None, 11, 11, 64)',
    'max_pooling2d_1': '(None, 5, 5, 64)',
    'dense_2': '(None, 256)',
}
WRONG = 'dense_2'
BEFORE = 'max_pooling2d_1'
REPAIR = f'Insert Flatten before {WRONG}'

points = 0


def check(what, truth, found=None):
    """A point of the test; what was found is told when it fails."""
    global points
    points += 1
    print(f'{"ok" if truth else "not ok"} {points} {what}', flush=True)
    if not truth:
        print(f'# found: {found!r}', flush=True)
        check.failed = True
    return truth


check.failed = False


def children(node):
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child is not None:
            yield child


def walk(node, inside=lambda node: True):
    """@node and everything in it that still is there."""
    yield node
    try:
        found = list(children(node)) if inside(node) else []
    except GLib.Error:
        found = []
    for child in found:
        yield from walk(child, inside)


def wait(condition):
    """What @condition gives once it is true; after a while whatever it gives."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            result = condition()
        except GLib.Error:  # Something went away while it was read.
            result = None
        if result or time.monotonic() > end:
            return result
        time.sleep(0.05)


def no_palette(node):
    """Over two hundred rows that say what layers there are: only once are they read."""
    return not (node.get_role_name() == 'list' and node.get_name() == 'Layers')


def find(root, role, name, inside=no_palette):
    for node in walk(root, inside):
        try:
            if node.get_role_name() == role and node.get_name().startswith(name):
                return node
        except GLib.Error:
            continue
    return None


def activate(node, name):
    """Does the action called @name; FALSE when it has none of that name."""
    for index in range(node.get_n_actions()):
        if Atspi.Action.get_action_name(node, index) == name:
            return node.do_action(index)
    return False


def texts(root):
    return [node.get_name() for node in walk(root) if node.get_role_name() == 'label']


def program_of(process):
    for application in children(Atspi.get_desktop(0)):
        if application.get_process_id() == process.pid and application.get_child_count() > 0:
            return application
    return None


def layers_of(canvas):
    """Name → the accessible of each layer on the canvas."""
    return {node.get_name().split(',')[0]: node for node in children(canvas)
            if node.get_role_name() == 'list item'}


def check_names(what, root):
    nameless = []
    for node in walk(root):
        try:
            if not node.get_state_set().contains(Atspi.StateType.FOCUSABLE):
                continue
            name = node.get_name()
            # A text that is to be marked, but that has nothing to say yet, is called by its type.
            if node.get_role_name() == 'label' and name == 'GtkLabel':
                continue
            if (not name.strip() or name.startswith(('Gtk', 'Adw', 'Tn'))
                    or re.search(r'(^| )_\w', name)):
                parent = node.get_parent()
                nameless.append(f'{node.get_role_name()} "{name}" in {parent.get_role_name()} '
                                f'"{parent.get_name()}"')
        except GLib.Error:
            continue
    check(f'all that takes the focus has a name, {what}', not nameless, nameless)


def check_layers(canvas, model):
    layers = wait(lambda: len(layers_of(canvas)) == len(SHAPES) and layers_of(canvas)) or {}
    check('the canvas has every layer, in order', list(layers) == list(SHAPES), list(layers))
    for entry in model['config']['layers']:
        name, kind = entry['config']['name'], entry['class_name']
        layer = layers.get(name)
        if not check(f'{name} is there', layer is not None):
            continue
        described = wait(lambda: SHAPES[name] in layer.get_description())
        check(f'{name} says its type and its shape',
              layer.get_name() == f'{name}, {kind}' and described,
              (layer.get_name(), layer.get_description()))
    wrong = layers[WRONG].get_description()
    check('the layer that does not fit says why', wrong.startswith('Error: ')
          and '4 dimensions' in wrong, wrong)
    check('a layer says what arrives and from where',
          f'Input {SHAPES[BEFORE]} from {BEFORE}.' in wrong, wrong)
    check('layers that fit say nothing of problems',
          not any('Error' in layers[name].get_description() for name in layers if name != WRONG))
    return layers


def check_problem(window):
    problem = wait(lambda: find(window, 'panel', f'Error: {WRONG}'))
    if not check('the problem is in the list', problem is not None):
        return
    check('the problem can be read', '4 dimensions' in problem.get_description(),
          problem.get_description())
    repair = wait(lambda: find(problem, 'push button', REPAIR))
    if check('its repair is there', repair is not None):
        check('the repair says what follows', '(None, 1600)' in repair.get_description(),
              repair.get_description())


def check_table(window):
    table = find(window, 'tree table', 'Model summary')
    if not check('the summary is there', table is not None):
        return
    for name, shape in SHAPES.items():
        row = wait(lambda: find(table, 'table row', name))
        if check(f'the summary has a row of {name}', row is not None):
            check(f'the row of {name} has its shape', shape in texts(row), texts(row))


def check_repair(window, canvas):
    """Everything is looked up anew: a list may show it in other widgets by now."""
    repair = wait(lambda: find(window, 'push button', REPAIR))
    if not check('the repair is activated', repair is not None and activate(repair, 'click')):
        return
    check('the layer is put in', wait(lambda: 'flatten' in layers_of(canvas)),
          list(layers_of(canvas)))

    def mended():
        text = layers_of(canvas)[WRONG].get_description()
        return 'Error' not in text and '(None, 1600) from flatten' in text
    check('the problem is gone', wait(mended), layers_of(canvas)[WRONG].get_description())
    check('the canvas sums it up',
          wait(lambda: canvas.get_description() == '7 layers, 6 connections, 0 problems'),
          canvas.get_description())
    undo = find(window, 'push button', 'Undo')
    check('it is undone', undo is not None and activate(undo, 'click'))
    check('and the problem is back', wait(
        lambda: layers_of(canvas)[WRONG].get_description().startswith('Error: ')),
        layers_of(canvas)[WRONG].get_description())


def check_selection(window, canvas):
    layer = layers_of(canvas)['conv2d']
    check('a layer is selected by its action', activate(layer, 'node.select'))
    check('its fields are there',
          wait(lambda: find(window, 'spin button', 'Filters') or find(window, 'text', 'Filters')))
    check_names('with a layer selected', window)


def run(process, model):
    application = wait(lambda: program_of(process))
    if not check('the program is on the accessibility bus', application is not None):
        return
    application.set_cache_mask(Atspi.Cache.NONE)
    window = wait(lambda: find(application, 'frame', ''))
    canvas = wait(lambda: find(window, 'list', 'Model'))
    if not check('the canvas is there', canvas is not None):
        return
    check_layers(canvas, model)
    check_problem(window)
    check_table(window)
    check_repair(window, canvas)
    check_selection(window, canvas)


def main():
    # What replaces the name of an action is not in every version of the bindings.
    warnings.simplefilter('ignore', DeprecationWarning)
    program, path = sys.argv[1:]
    with open(path, encoding='utf-8') as file:
        model = json.load(file)
    Atspi.init()
    with subprocess.Popen([program, path], stdout=sys.stderr) as process:
        try:
            run(process, model)
            check('the program still runs', process.poll() is None, process.poll())
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
    print(f'1..{points}')
    return 1 if check.failed else 0


if __name__ == '__main__':
    sys.exit(main())
