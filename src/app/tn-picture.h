/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture of a model for the clipboard and for dragging into other programs. */
#pragma once

#include <gtk/gtk.h>

#include "scene/tn-figure.h"

G_BEGIN_DECLS

/* Around the model, in document units. */
#define TN_PICTURE_MARGIN 24

/* The file of a picture, with @model in it unless that is NULL. */
GBytes *tn_picture_make (const TnFigure *figure, TnPictureFormat format,
                         const TnPictureOptions *options, const TnGraph *model, GError **error);
/* PNG, SVG and PDF in one: who receives it takes what it likes best. NULL: @error. */
GdkContentProvider *tn_picture_content (const TnFigure *figure, const TnPictureOptions *options,
                                        const TnGraph *model, GError **error);
/* The same, and a file of @format called after @title, for programs that take nothing else. The
 * file stands among the temporary ones until the program ends. NULL: none could be made. */
GdkContentProvider *tn_picture_drag_content (const TnFigure *figure, TnPictureFormat format,
                                             const TnPictureOptions *options, const TnGraph *model,
                                             const char *title);
/* "TITLE.png", with nothing in it that a name of a file may not have. New string. */
char *tn_picture_file_name (const char *title, TnPictureFormat format);
/* What hangs at the pointer while it is dragged; NULL when there is nothing to see. */
GdkPaintable *tn_picture_icon (const TnFigure *figure, const TnPictureOptions *options);

G_END_DECLS
