/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture of a model for the clipboard and for dragging into other programs. */
#pragma once

#include <gtk/gtk.h>

#include "scene/tn-scene.h"

G_BEGIN_DECLS

/* Around the model, in document units. */
#define TN_PICTURE_MARGIN 24

/* PNG, SVG and PDF in one: who receives it takes what it likes best. NULL: @error. */
GdkContentProvider *tn_picture_content (TnScene *scene, const TnPictureOptions *options,
                                        GError **error);

G_END_DECLS
