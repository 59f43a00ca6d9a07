/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnCanvasProxy: an invisible child of the canvas that stands for one layer to assistive
 * technology and to the keyboard focus. */
#pragma once

#include "app/tn-canvas.h"

G_BEGIN_DECLS

#define TN_TYPE_CANVAS_PROXY (tn_canvas_proxy_get_type ())
G_DECLARE_FINAL_TYPE (TnCanvasProxy, tn_canvas_proxy, TN, CANVAS_PROXY, GtkWidget)

/* With more layers than this only those that are seen or selected have one. */
#define TN_CANVAS_MOST_PROXIES 500

/* Class actions: node.select, node.edit, node.delete. */
TnNodeId tn_canvas_proxy_node (TnCanvasProxy *self);

/* Makes the canvas's proxies those of the layers there are now, with their texts. */
void tn_canvas_update_proxies (TnCanvas *canvas);
/* Puts them over the boxes; part of the canvas's size_allocate. */
void tn_canvas_allocate_proxies (TnCanvas *canvas);
/* The focus goes to the proxy of the layer that the keyboard is at, else to the canvas itself. */
void tn_canvas_focus_cursor (TnCanvas *canvas);

G_END_DECLS
