/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which tool takes a press. */
#include "app/tn-tool.h"

const TnTool *
tn_tool_for_press (TnCanvas *canvas, const TnPointer *at)
{
  /* The last one takes every press of the first button. */
  static const TnTool *const tools[] = { &tn_tool_pan,  &tn_tool_cut,    &tn_tool_knot,
                                         &tn_tool_wire, &tn_tool_resize, &tn_tool_select };

  for (guint i = 0; i < G_N_ELEMENTS (tools); i++)
    if (tools[i]->wants (canvas, at))
      return tools[i];
  return NULL;
}
