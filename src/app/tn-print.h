/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Printing a model: GTK's dialog around the sheets that a PDF has. */
#pragma once

#include <adwaita.h>

#include "scene/tn-figure.h"

G_BEGIN_DECLS

/* Of what the dialog offers besides: @spread over several sheets. Copies what it needs. */
GtkPrintOperation *tn_print_new (const TnGraph *graph, const TnFacts *facts,
                                 const TnFigureOptions *options, gboolean spread);
/* Asks how and prints. Page and printer are those of the last time. */
void tn_print_run (GtkWindow *parent, const TnGraph *graph, const TnFacts *facts,
                   const TnFigureOptions *options, gboolean spread);

G_END_DECLS
