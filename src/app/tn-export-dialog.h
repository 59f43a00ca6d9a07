/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnExportDialog: the model as a picture: how, a preview, and where to. */
#pragma once

#include <adwaita.h>

#include "engine/tn-engine.h"
#include "scene/tn-figure.h"

G_BEGIN_DECLS

#define TN_TYPE_EXPORT_DIALOG (tn_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TnExportDialog, tn_export_dialog, TN, EXPORT_DIALOG, AdwWindow)

/* Of the model as it now is. @shown: how the canvas shows it (wires, heat); may be NULL. */
GtkWidget *tn_export_dialog_new (GtkWindow *parent, TnDocument *document, TnEngine *engine,
                                 const TnFigureOptions *shown);
/* What the file chooser calls: writes the picture as it is previewed, in the background, and closes
 * the dialog when that is done. A failure is told in a toast. */
void tn_export_dialog_save (TnExportDialog *self, const char *path);
/* For tests. */
void tn_export_dialog_set_format (TnExportDialog *self, TnPictureFormat format);
const TnFigure *tn_export_dialog_figure (TnExportDialog *self);

G_END_DECLS
