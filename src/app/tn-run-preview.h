/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnRunPreview: a small picture of the first sample that an input would be filled with. */
#pragma once

#include <gtk/gtk.h>

#include "exec/tn-synthetic.h"

G_BEGIN_DECLS

#define TN_TYPE_RUN_PREVIEW (tn_run_preview_get_type ())
G_DECLARE_FINAL_TYPE (TnRunPreview, tn_run_preview, TN, RUN_PREVIEW, GtkWidget)

GtkWidget *tn_run_preview_new (void);
/* An image where the sample is one, lines along its first axis, or bars; nothing where it is too
 * large or its size is not known. Its accessible name tells it in words. */
void tn_run_preview_show (TnRunPreview *self, const TnSynthetic *what);

G_END_DECLS
