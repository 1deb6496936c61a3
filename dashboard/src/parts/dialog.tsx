import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";

interface Shown {
  title: string;
  onClose(): void;
  children: ReactNode;
  wide?: boolean;
  /** Of what may not be left by a slip: a click beside it does nothing. */
  firm?: boolean;
}

/** What comes before everything else. The focus goes back to where it was. */
export const Dialog = ({ title, onClose, children, wide, firm }: Shown) => (
  <ModalOverlay className="veil" isOpen isDismissable={!firm} onOpenChange={(open) => open || onClose()}>
    <Modal className={`dialog ${wide ? "wide" : ""}`}>
      <AriaDialog>
        <Heading slot="title" level={1}>{title}</Heading>
        {children}
      </AriaDialog>
    </Modal>
  </ModalOverlay>
);
