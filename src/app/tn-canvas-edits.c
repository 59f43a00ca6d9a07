/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits that only gestures of the canvas make: each one step to undo. */
#include "app/tn-canvas-edits.h"

#include "base/tn-i18n.h"

/* The copies of a gesture: of base, where they were copied from, at the offset so far. None when
 * they are back where they began. */
static TnGraph *
copy_apply (const TnEdit *edit, const TnEditArgs *args, TnReport *report, char **subject)
{
  if (args->x == 0 && args->y == 0)
    return tn_graph_ref (args->base);
  return edit->apply (args->base, args, report, subject);
}

static TnGraph *
copy_bare_apply (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  return copy_apply (&tn_edit_duplicate, args, report, subject);
}

static TnGraph *
copy_wired_apply (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  return copy_apply (&tn_edit_duplicate_wired, args, report, subject);
}

const TnEdit tn_canvas_edit_copy = {
  .name = "copy",
  .label = N_ ("Duplicate %s"),
  .undo = N_ ("Undo Duplicate %s"),
  .redo = N_ ("Redo Duplicate %s"),
  .apply = copy_bare_apply,
};

const TnEdit tn_canvas_edit_copy_wired = {
  .name = "copy-wired",
  .label = N_ ("Duplicate %s"),
  .undo = N_ ("Undo Duplicate %s"),
  .redo = N_ ("Redo Duplicate %s"),
  .apply = copy_wired_apply,
};
