/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnRunChoices: what is chosen for the next run, as widgets, settings and options. */
#pragma once

#include <gtk/gtk.h>

#include "exec/tn-run.h"

G_BEGIN_DECLS

/* Borrowed from the panel. */
typedef struct
{
  GtkSpinButton *samples;
  GtkSpinButton *batch;
  GtkSpinButton *seed;
  GtkDropDown *data;
  GtkDropDown *kernels;
  GtkDropDown *accuracy;
  GtkDropDown *statistics;
} TnRunChoices;

/* Calls @changed with @object whenever something else is chosen. */
void tn_run_choices_watch (const TnRunChoices *choices, GCallback changed, gpointer object);
/* What @graph's file says, else what was used last. */
void tn_run_choices_load (const TnRunChoices *choices, const TnGraph *graph);
/* Takes what is being typed, and remembers. */
void tn_run_choices_save (const TnRunChoices *choices);
TnRunOptions tn_run_choices_options (const TnRunChoices *choices);

G_END_DECLS
